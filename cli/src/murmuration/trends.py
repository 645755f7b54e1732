"""`murmuration trends`: what may go round."""

from typing import Annotated

import typer

from chassis.settings import Settings
from murmuration import database, presentation
from murmuration.console import Refused, command, out
from social.discovery import review
from social.server import store as server

app = typer.Typer(no_args_is_help=True, help="What may go round: hashtags, links and posts.")

What = Annotated[str, typer.Argument(metavar="TAG|URL", help="A hashtag, with or without #, or the address of a link.")]


@app.command("show")
@command
async def show() -> None:
    """Show the hashtags and links that go round or would, and what was decided of them."""
    async with database.opened(Settings()) as db:
        by_default = (await server.about(db)).trendable_by_default
        found = await review.most_used(db)
    presentation.show_trends(found, by_default=by_default)


@app.command("allow")
@command
async def allow(what: What) -> None:
    """Let a hashtag or a link go round."""
    await _decide(what, trendable=True)


@app.command("refuse")
@command
async def refuse(what: What) -> None:
    """Keep a hashtag or a link from going round."""
    await _decide(what, trendable=False)


@app.command("review")
@command
async def set_review(
    needed: Annotated[bool, typer.Argument(metavar="on|off", help="Whether things wait for `allow`.")],
) -> None:
    """Say whether anything may go round that nobody has allowed. At first it may not."""
    async with database.opened(Settings()) as db, db.transaction() as tx:
        await server.set_setting(tx, "trendable_by_default", not needed)
    out.print("What nobody has allowed does not go round" if needed else "Everything goes round unless refused")


async def _decide(what: str, *, trendable: bool) -> None:
    is_link = what.startswith(("https://", "http://"))
    decide = review.set_link if is_link else review.set_tag
    async with database.opened(Settings()) as db, db.transaction() as tx:
        if not await decide(tx, what if is_link else what.removeprefix("#"), trendable=trendable):
            raise Refused(f"Nobody here has used {what}")
    out.print(f"{what} {'may go' if trendable else 'does not go'} round", highlight=False)
