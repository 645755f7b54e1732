"""Pictures of other servers: fetched when somebody looks, made anew, kept for a while."""

import datetime as dt

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from apcore.fetch import FetchError
from chassis.errors import Invalid
from contracts.ids import AccountId, EmojiId, MediaId
from mastoapi.params import PathId
from media import intake
from media.copying import SIZES, fetched
from media.resources import Res, Resources
from media.serving import FOR_A_WHILE, served
from media.storage.model import Key, NoSuchFile
from media.store import cached, files
from media.store.cached import Source
from social.media.model import version_of

router = APIRouter(prefix="/media/proxy", include_in_schema=False)
# The address that Mastodon gives such files, which people may have kept.
aliases = APIRouter(prefix="/media_proxy", include_in_schema=False)
log = structlog.get_logger()

TRY_AGAIN_AFTER = dt.timedelta(minutes=10)
METHODS = ["GET", "HEAD"]


@router.api_route("/accounts/{account_id}/{variant}", methods=METHODS)
async def profile_picture(account_id: PathId, variant: str, request: Request, res: Res) -> Response:
    if variant not in SIZES["account"]:
        raise NoSuchFile
    return await _served(request, res, await cached.picture(res.db, AccountId(account_id), variant), variant)


@router.api_route("/emojis/{emoji_id}/{variant}", methods=METHODS)
async def emoji(emoji_id: PathId, variant: str, request: Request, res: Res) -> Response:
    if variant not in SIZES["emoji"]:
        raise NoSuchFile
    return await _served(request, res, await cached.emoji(res.db, EmojiId(emoji_id)), variant)


@router.api_route("/{media_id}/{variant}", methods=METHODS)
async def attachment(media_id: PathId, variant: str, request: Request, res: Res, v: str = "") -> Response:
    """Ids can be guessed, so the address carries what only those know who were shown the status."""
    source = await cached.attachment(res.db, MediaId(media_id), variant)
    if source is None or variant not in SIZES["attachment"] or v != version_of(source.url):
        raise NoSuchFile
    return await _served(request, res, source, variant)


@aliases.api_route("/{media_id}/{variant:path}", methods=METHODS)
async def alias(media_id: PathId, variant: str, res: Res) -> Response:
    """Ids can be guessed: here they name what is in public posts alone."""
    url = await cached.url_for_all(res.db, MediaId(media_id))
    if url is None or variant not in SIZES["attachment"]:
        raise NoSuchFile
    return RedirectResponse(res.urls.attachment(MediaId(media_id), url, variant), 302)


async def _served(request: Request, res: Resources, source: Source | None, variant: str) -> Response:
    if source is None or source.suspended or not res.policies.value.may_fetch_media(source.domain):
        raise NoSuchFile
    if source.media_kind not in ("image", "unknown"):
        raise HTTPException(501, "Only pictures of other servers are served from here")
    key = await _copied(res, source, variant)
    try:
        return await served(request, res.storage, key, cache=FOR_A_WHILE)
    except NoSuchFile:
        # The storage lost it, or a sweep was faster: next time it is fetched anew.
        async with res.db.transaction() as tx:
            await cached.forget(tx, source)
        raise


async def _copied(res: Resources, source: Source, variant: str) -> Key:
    """The key of our copy, made now if there is none."""
    copy = await cached.copy_of(res.db, source, variant)
    if copy is not None and copy.source_url == source.url:
        if copy.key is not None:
            return copy.key
        if copy.fetched_at > dt.datetime.now(dt.UTC) - TRY_AGAIN_AFTER:
            raise NoSuchFile
    # The sizes of an attachment come of one work, the pictures of an account each of their own.
    name = f"{source.kind} {source.owner_id} {source.url} {variant if source.kind != 'attachment' else ''}"
    keys = await res.fetching.run(name, lambda: _copy(res, source, variant))
    key = keys.get(variant)
    if key is None:
        raise NoSuchFile
    return key


async def _copy(res: Resources, source: Source, variant: str) -> dict[str, Key | None]:
    """Fetch and keep; a failure is remembered, so that an empty place is not knocked at all day."""
    try:
        made = await fetched(res.fetcher, res.images, source, variant)
    except (FetchError, Invalid) as error:
        log.info("no picture to be had", url=source.url, error=repr(error))
        made = {}
    keys: dict[str, Key | None] = {name: file.key for name, file in made.items()} or {variant: None}
    async with res.db.transaction() as tx:
        await files.add(tx, files.CACHED, source.owner_id, [file.key for file in made.values()])
    await intake.put(res.storage, list(made.values()))
    async with res.db.transaction() as tx:
        await cached.set_copies(tx, source, keys)
    return keys
