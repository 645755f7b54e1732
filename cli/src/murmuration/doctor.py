"""`murmuration doctor`: whether everything that a server needs is as it should be."""

import asyncio
from collections.abc import Awaitable, Callable

import typer
from rich.markup import escape

from chassis.settings import Settings
from murmuration import examinations, outer
from murmuration.console import REFUSED, command, out
from murmuration.examinations import Finding, Health

SIGNS = {Health.WELL: "[green]✓[/green]", Health.DOUBTFUL: "[yellow]![/yellow]", Health.ILL: "[red]✗[/red]"}
SECONDS = 20.0

Examination = Callable[[Settings], Awaitable[Finding]]
ALL: tuple[tuple[str, Examination], ...] = (
    ("Settings", examinations.settings),
    ("Database", examinations.database),
    ("Clock", examinations.clock),
    ("Broker", examinations.broker),
    ("Redis", examinations.redis),
    ("Inbox", examinations.inbox),
    ("Delivery", examinations.delivery),
    ("Media, storage", examinations.media),
    ("Other servers", examinations.peers),
    ("DNS", outer.names),
    ("TLS", outer.certificate),
    ("WebFinger", outer.webfinger),
)


@command
async def examine() -> None:
    """Look whether settings, database, broker, storage, clock, DNS, TLS and our address are as they should be."""
    findings = await asyncio.gather(*(_found(examination, Settings()) for _, examination in ALL))
    for (name, _), finding in zip(ALL, findings, strict=True):
        out.print(
            f"{SIGNS[finding.health]} [bold]{name}[/bold]: {escape(finding.says)}", highlight=False, soft_wrap=True
        )
    if any(finding.health is Health.ILL for finding in findings):
        raise typer.Exit(REFUSED)


async def _found(examination: Examination, settings: Settings) -> Finding:
    """What cannot be examined is ill; the other examinations go on."""
    try:
        async with asyncio.timeout(SECONDS):
            return await examination(settings)
    except TimeoutError:
        return Finding(Health.ILL, f"no answer within {SECONDS:.0f} seconds")
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what was looked for
        return Finding(Health.ILL, getattr(error, "explanation", None) or str(error) or repr(error))
