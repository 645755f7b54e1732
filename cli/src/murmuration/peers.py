"""`murmuration peers`: how other servers fare, and what is held for them."""

import datetime as dt
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from chassis.clock import utc_now
from chassis.settings import Settings
from murmuration.console import Refused, command, out
from murmuration.internal import delivery
from murmuration.presentation import NOTHING, table

app = typer.Typer(no_args_is_help=True, help="How other servers fare, and what is held for them.")

Host = Annotated[str, typer.Argument(metavar="HOST", help="As listed, with its port if that is unusual.")]
COLOURS = {"fast": "green", "slow": "yellow", "waiting": "yellow", "open": "red"}


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A host, as delivery reports it."""

    host: str
    state: str
    paused: bool
    failures: int
    next_visit_at: dt.datetime | None
    last_success_at: dt.datetime | None
    last_error: str | None
    last_error_at: dt.datetime | None
    success_ratio: float | None
    held: int
    oldest_held_at: dt.datetime | None


@app.command("list")
@command
async def show_all(
    *,
    unwell: Annotated[
        bool, typer.Option("--unwell", help="Only those that fail, wait, or have something held.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    after: Annotated[str, typer.Option(help="From after this host on.")] = "",
) -> None:
    """List the servers that we have delivered to, by name."""
    found = await delivery(Settings(), "GET", "hosts", list[Peer], unwell=str(unwell).lower(), limit=limit, after=after)
    if not found:
        out.print("All servers are well" if unwell else "Nothing was delivered to anybody yet", highlight=False)
        return
    out.print(listed(found))
    if len(found) == limit:
        out.print(f"More: --after {found[-1].host}", highlight=False, markup=False)


@app.command("show")
@command
async def show(host: Host) -> None:
    """Show one server."""
    peer = await delivery(Settings(), "GET", f"hosts/{quote(host)}", Peer)
    if peer is None:
        raise Refused(f"Nothing was ever delivered to {host}")
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column(style="dim")
    shown.add_column(overflow="fold")
    rows = {
        "Host": escape(peer.host),
        "State": state_of(peer),
        "Failures in a row": str(peer.failures),
        "Arrived of late": ratio(peer),
        "Held": str(peer.held),
        "Oldest of that": since(peer.oldest_held_at),
        "Last success": when(peer.last_success_at),
        "Last error": f"{escape(peer.last_error)}, {when(peer.last_error_at)}" if peer.last_error else NOTHING,
        "Next try": NOTHING if peer.paused else when(peer.next_visit_at),
    }
    for name, value in rows.items():
        shown.add_row(name, value)
    out.print(shown, highlight=False)


@app.command("retry")
@command
async def retry(host: Host) -> None:
    """Try at once what is held for a server, instead of at its next turn."""
    done = await delivery(Settings(), "POST", f"hosts/{quote(host)}/retry", dict[str, bool])
    if not done or not done["retried"]:
        raise Refused(f"{host} is well, paused or unknown: there is nothing to try")
    out.print(f"{host} is being tried", highlight=False, markup=False)


@app.command("pause")
@command
async def pause(host: Host) -> None:
    """Hold everything for a server until it is resumed."""
    await delivery(Settings(), "POST", f"hosts/{quote(host)}/pause", Peer)
    out.print(f"Everything for {host} is held", highlight=False, markup=False)


@app.command("resume")
@command
async def resume(host: Host) -> None:
    """Go on, with what was held first."""
    await delivery(Settings(), "POST", f"hosts/{quote(host)}/resume", Peer)
    out.print(f"{host} gets what was held, and what comes", highlight=False, markup=False)


@app.command("drop")
@command
async def drop(
    host: Host, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant.")] = False
) -> None:
    """Give up all that is held for a server. It never arrives there."""
    if not yes and not typer.confirm(f"Give up everything that is held for {host}, for good?"):
        raise Refused("Nothing was given up")
    done = await delivery(Settings(), "POST", f"hosts/{quote(host)}/drop", dict[str, int])
    out.print(f"{(done or {}).get('dropped', 0)} deliveries to {host} were given up", highlight=False, markup=False)


def listed(found: list[Peer]) -> Table:
    made = table("Host", "State")
    # A name that is broken in two is found by nobody.
    made.columns[0].no_wrap = True
    for column in ("Arrived", "Held", "Oldest", "Next try"):
        made.add_column(column, justify="right")
    made.add_column("Last error", overflow="fold")
    for peer in found:
        made.add_row(
            escape(peer.host),
            state_of(peer),
            ratio(peer),
            str(peer.held),
            since(peer.oldest_held_at),
            NOTHING if peer.paused else when(peer.next_visit_at),
            escape(peer.last_error or ""),
        )
    return made


def state_of(peer: Peer) -> str:
    if peer.paused:
        return "[cyan]paused[/cyan]"
    return f"[{COLOURS[peer.state]}]{peer.state}[/{COLOURS[peer.state]}]"


def ratio(peer: Peer) -> str:
    return NOTHING if peer.success_ratio is None else f"{peer.success_ratio:.0%}"


def since(at: dt.datetime | None) -> str:
    return NOTHING if at is None else span((utc_now() - at).total_seconds())


def when(at: dt.datetime | None) -> str:
    if at is None:
        return NOTHING
    seconds = (at - utc_now()).total_seconds()
    return f"in {span(seconds)}" if seconds > 0 else f"{span(-seconds)} ago"


def span(seconds: float) -> str:
    """A duration in its two largest units."""
    parts = [(int(seconds // size) % most, name) for size, most, name in UNITS]
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {name}" for number, name in parts[first : first + 2] if number) or "0 s"


UNITS = ((86400, 10**9, "d"), (3600, 24, "h"), (60, 60, "min"), (1, 60, "s"))
