"""`murmuration announcements`: telling everybody here something."""

import datetime as dt
from typing import Annotated

import typer

from chassis.clock import utc_now
from chassis.settings import Settings
from contracts.ids import AnnouncementId
from murmuration import database, presentation
from murmuration.console import command, out
from social.announcements import actions, store
from social.announcements.model import Notice

app = typer.Typer(no_args_is_help=True, help="Telling everybody here something.")

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


@app.command("add")
@command
async def add(
    text: Annotated[str, typer.Argument(help="Plain text, as posts are written: with links, @names and #tags.")],
    *,
    at: Annotated[
        dt.datetime | None, typer.Option(help="When it is published, in UTC; at once if not given.", formats=FORMATS)
    ] = None,
    starts: Annotated[
        dt.datetime | None, typer.Option(help="When what it speaks of begins, in UTC.", formats=FORMATS)
    ] = None,
    ends: Annotated[
        dt.datetime | None, typer.Option(help="When that ends; then it disappears.", formats=FORMATS)
    ] = None,
    all_day: Annotated[bool, typer.Option("--all-day", help="Only the days of begin and end matter.")] = False,
) -> None:
    """Publish an announcement, or plan one."""
    notice = Notice(text=text, all_day=all_day, starts_at=_utc(starts), ends_at=_utc(ends), scheduled_at=_utc(at))
    async with database.opened(Settings()) as db, db.transaction() as tx:
        announcement_id = await actions.announce(tx, notice, utc_now())
    out.print(f"Announcement {announcement_id} is {'planned' if at else 'published'}", highlight=False)


@app.command("list")
@command
async def show_all() -> None:
    """List announcements: published, planned and over."""
    async with database.opened(Settings()) as db:
        found = await store.everything(db)
    presentation.show_announcements(found)


@app.command("remove")
@command
async def remove(announcement_id: Annotated[int, typer.Argument(metavar="ID", help="As listed.")]) -> None:
    """Take an announcement back."""
    async with database.opened(Settings()) as db, db.transaction() as tx:
        await actions.remove(tx, AnnouncementId(announcement_id))
    out.print(f"Announcement {announcement_id} is gone", highlight=False)


def _utc(at: dt.datetime | None) -> dt.datetime | None:
    return at.replace(tzinfo=dt.UTC) if at is not None else None
