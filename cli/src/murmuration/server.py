"""`murmuration server`: what the server says of itself, and who may join it."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from chassis.settings import Settings
from murmuration import database
from murmuration.console import command, out
from social.server import actions, store
from social.server.model import SETTINGS

app = typer.Typer(no_args_is_help=True, help="What the server says of itself, and who may join it.")


@app.command("show")
@command
async def show() -> None:
    """Show all settings."""
    async with database.opened(Settings()) as db:
        about = await store.about(db)
    for name in SETTINGS:
        out.print(f"{name}: {getattr(about, name)!r}", highlight=False, markup=False)


@app.command("set")
@command
async def change(
    name: Annotated[str, typer.Argument(metavar="NAME", help=", ".join(SETTINGS))],
    value: Annotated[str, typer.Argument(help="`@path` reads it from a file.")],
) -> None:
    """Change a setting."""
    async with database.opened(Settings()) as db, db.transaction() as tx:
        await actions.set_up(tx, name, read(value), dt.datetime.now(dt.UTC))
    out.print(f"{name} is set", highlight=False)


@app.command("terms")
@command
async def publish_terms(
    date: Annotated[dt.datetime, typer.Argument(help="From which day on they hold.", formats=["%Y-%m-%d"])],
    text: Annotated[str, typer.Argument(help="As HTML; `@path` reads it from a file.")],
) -> None:
    """Publish terms of service."""
    async with database.opened(Settings()) as db, db.transaction() as tx:
        await actions.publish_terms(tx, date.date(), read(text))
    out.print(f"The terms hold from {date.date()} on", highlight=False)


def read(value: str) -> str:
    return Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value
