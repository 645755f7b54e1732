"""`murmuration posts`: how far something that was said here has come."""

import datetime as dt
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from chassis.settings import Settings
from contracts.ids import StatusId
from murmuration import database
from murmuration.console import Refused, command, out
from murmuration.internal import delivery
from murmuration.peers import when
from murmuration.presentation import table
from social.statuses import reading

app = typer.Typer(no_args_is_help=True, help="How far something that was said here has come.")


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    type: str | None
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None
    planned: int
    arrived: int
    waiting: int
    refused: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    inbox_url: str
    state: str
    last_error: str | None
    next_try_at: dt.datetime | None


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    inbox_url: str
    reason: str


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """An activity about the post, and whom it has not reached."""

    sent: Sent
    waiting: list[Waiting]
    refused: list[Refusal]


@app.command("trace")
@command
async def trace(
    post: Annotated[str, typer.Argument(metavar="ID", help="As in its address, or that address.")],
) -> None:
    """Show how many servers have a post, and why others have not."""
    settings = Settings()
    number = post.rstrip("/").rsplit("/", 1)[-1]
    async with database.opened(settings) as db:
        status = await reading.by_id(db, StatusId(int(number))) if number.isdecimal() else None
    if status is None:
        raise Refused(f"There is no post {post}")
    if not status.is_local:
        raise Refused(f"{status.uri} was not written here, so it was not sent from here")
    found = await delivery(settings, "GET", "deliveries", list[Trace], about=status.uri)
    if not found:
        out.print("It was sent to nobody, or more than a week ago", highlight=False)
        return
    for one in found:
        show(one)


def show(trace: Trace) -> None:
    sent = trace.sent
    reached = f"delivered to [bold]{sent.arrived} of {sent.planned}[/bold] servers"
    end = ", then withdrawn" if sent.withdrawn_at else ""
    out.print(f"{sent.type or 'Something'}, {when(sent.created_at)}: {reached}{end}", highlight=False, soft_wrap=True)
    on_its_way = sent.planned - sent.arrived - sent.waiting - sent.refused
    if on_its_way > 0 and not sent.withdrawn_at:
        out.print(f"{on_its_way} are on their way", highlight=False)
    missed = table("Not there yet", "Why", "Next try")
    for one in trace.waiting:
        why = one.last_error or "it has others waiting"
        missed.add_row(escape(one.inbox_url), escape(f"{one.state}: {why}"), when(one.next_try_at))
    for refusal in trace.refused:
        missed.add_row(escape(refusal.inbox_url), escape(f"refused: {refusal.reason}"), "never")
    if missed.row_count:
        out.print(missed)
