"""`murmuration top`: what happens now, on one screen."""

import asyncio
import time
from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from chassis.clock import utc_now
from chassis.errors import Unavailable
from chassis.settings import Settings
from chassis.topology import queues
from murmuration import internal, sampling
from murmuration.console import command, out
from murmuration.internal import Totals
from murmuration.peers import Peer, listed, since, span
from murmuration.presentation import Depth, table
from murmuration.queues import connected, depth_of

BEHIND = 8


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen at one moment; None where nobody answered."""

    depths: Sequence[Depth] | None
    totals: Totals | None
    behind: Sequence[Peer] | None
    rates: dict[str, float]


@command
async def top(
    *,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.2)] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Show one screen and end.")] = False,
    prometheus: Annotated[
        str, typer.Option(metavar="URL", help="Take rates from a Prometheus that sees all processes.")
    ] = "",
) -> None:
    """Show rates, backlogs, the slowest servers and dead letters; Ctrl-C ends it."""
    settings = Settings()
    counted, at = await sampling.counts(settings), time.monotonic()
    await asyncio.sleep(every)
    scene, counted, at = await _look(settings, prometheus, counted, at)
    if once:
        out.print(screen(settings.domain, scene))
        return
    with Live(screen(settings.domain, scene), console=out, screen=True, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(every)
            scene, counted, at = await _look(settings, prometheus, counted, at)
            live.update(screen(settings.domain, scene), refresh=True)


async def _look(
    settings: Settings, prometheus: str, before: dict[str, float], at: float
) -> tuple[Scene, dict[str, float], float]:
    """One look, and the counters that the next one is held against."""
    depths, totals, behind = await asyncio.gather(_depths(settings), _totals(settings), _behind(settings))
    after, now = await sampling.counts(settings), time.monotonic()
    rates = await sampling.rates_from(prometheus) if prometheus else sampling.rates(before, after, now - at)
    return Scene(depths=depths, totals=totals, behind=behind, rates=rates), after, now


async def _depths(settings: Settings) -> list[Depth] | None:
    try:
        async with await connected(settings) as connection:
            return [await depth_of(connection, queue) for queue in queues()]
    except Unavailable:
        return None


async def _totals(settings: Settings) -> Totals | None:
    try:
        return await internal.totals(settings)
    except Unavailable:
        return None


async def _behind(settings: Settings) -> list[Peer] | None:
    try:
        return await internal.delivery(settings, "GET", "hosts/behind", list[Peer], limit=BEHIND)
    except Unavailable:
        return None


def screen(domain: str, scene: Scene) -> RenderableType:
    return Group(
        Text(f"{domain}  {utc_now():%Y-%m-%d %H:%M:%S} UTC", style="bold"),
        Columns([_rates(scene.rates), _lanes(scene.totals), _hosts(scene.totals)], padding=(0, 4)),
        _queues(scene.depths),
        _slowest(scene.behind),
    )


def _rates(rates: dict[str, float]) -> Table:
    made = table("Each second")
    made.add_column("", justify="right")
    for name, rate in rates.items():
        made.add_row(name, f"{rate:.1f}")
    return made


def _lanes(totals: Totals | None) -> RenderableType:
    if totals is None:
        return Text("delivery does not answer", style="red")
    made = table("Held")
    made.add_column("", justify="right")
    made.add_column("Oldest", justify="right")
    for lane in totals.lanes:
        made.add_row(lane.lane, str(lane.held), since(lane.oldest_held_at))
    if not totals.lanes:
        made.add_row("nothing", "0", span(0))
    return made


def _hosts(totals: Totals | None) -> RenderableType:
    made = table("Servers")
    made.add_column("", justify="right")
    for state, count in sorted((totals.hosts if totals else {}).items()):
        made.add_row(state, str(count))
    return made


def _queues(depths: Sequence[Depth] | None) -> RenderableType:
    """The queues in which something waits, and those that nobody listens to."""
    if depths is None:
        return Text("RabbitMQ does not answer", style="red")
    busy = [depth for depth in depths if depth.ready or depth.waiting or depth.dead or not depth.consumers]
    if not busy:
        return Text(f"All {len(depths)} queues are empty", style="green")
    made = table("Queue")
    for column in ("Ready", "To retry", "Dead", "Consumers"):
        made.add_column(column, justify="right")
    for depth in busy:
        dead = f"[red]{depth.dead}[/red]" if depth.dead else "0"
        consumers = str(depth.consumers) if depth.consumers else "[red]0[/red]"
        made.add_row(escape(depth.name), str(depth.ready), str(depth.waiting), dead, consumers)
    return made


def _slowest(behind: Sequence[Peer] | None) -> RenderableType:
    return listed(list(behind)) if behind else Text("Nothing waits for another server", style="green")
