"""`murmuration emoji`: our own custom emoji."""

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import msgspec
import typer
from rich.markup import escape

from chassis.errors import Unavailable
from chassis.settings import Settings
from contracts.ids import EmojiId
from murmuration import database, presentation
from murmuration.console import Refused, command, out
from social.emojis import actions, store

app = typer.Typer(no_args_is_help=True, help="Our own custom emoji.")

SECONDS = 30.0

Name = Annotated[str, typer.Argument(metavar="SHORTCODE", help="Without colons.")]
Picture = Annotated[Path, typer.Argument(help="PNG, GIF, WebP or JPEG, up to 256 KB.", exists=True, dir_okay=False)]


class _Kept(msgspec.Struct, frozen=True):
    key: str
    static_key: str


@app.command("add")
@command
async def add(
    name: Name,
    picture: Picture,
    *,
    category: Annotated[str | None, typer.Option(help="Under which it stands in the picker.")] = None,
) -> None:
    """Add an emoji, or give one a new picture."""
    settings = Settings()
    async with database.opened(settings) as db:
        async with db.transaction() as tx:
            emoji_id = await actions.id_for(tx, name)
        kept = await _keep(settings, emoji_id, picture)
        async with db.transaction() as tx:
            await store.set_ours(tx, emoji_id, name, kept.key, kept.static_key, category)
    out.print(f":{escape(name)}: is there", highlight=False)


@app.command("list")
@command
async def show_all() -> None:
    """List them with their categories."""
    async with database.opened(Settings()) as db:
        presentation.show_emojis(await store.all_of_ours(db))


@app.command("disable")
@command
async def disable(name: Name) -> None:
    """Let nobody use it any more, nor see it where it stands."""
    await _set_disabled(name, disabled=True)
    out.print(f":{escape(name)}: is disabled", highlight=False)


@app.command("enable")
@command
async def enable(name: Name) -> None:
    """Let people use it again."""
    await _set_disabled(name, disabled=False)
    out.print(f":{escape(name)}: can be used", highlight=False)


async def _set_disabled(name: str, *, disabled: bool) -> None:
    async with database.opened(Settings()) as db, db.transaction() as tx:
        if not await store.set_disabled(tx, name, disabled=disabled):
            raise Refused(f"There is no :{name}: here")


async def _keep(settings: Settings, emoji_id: EmojiId, picture: Path) -> _Kept:
    """Let the media service make our pictures of it."""
    headers = {"Authorization": f"Bearer {settings.internal_secret.get_secret_value()}"}
    url = f"{settings.media_url.rstrip('/')}/internal/emojis"
    file = (picture.name, await asyncio.to_thread(picture.read_bytes), "application/octet-stream")
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.post(url, headers=headers, data={"emoji_id": str(emoji_id)}, files={"file": file})
    except httpx.HTTPError as problem:
        raise MediaAway from problem
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Refused("The media service does not accept MURMURATION_INTERNAL_SECRET")
    if answer.is_client_error:
        raise Refused(f"The media service does not take {picture}: {answer.json().get('error', answer.text)}")
    if not answer.is_success:
        raise MediaAway
    return msgspec.json.decode(answer.content, type=_Kept)


class MediaAway(Unavailable):
    """The media service at MURMURATION_MEDIA_URL does not answer: is it running?"""
