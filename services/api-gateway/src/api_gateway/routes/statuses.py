"""Statuses: posting, reading, editing, deleting."""

import datetime as dt
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.posting import publish, safeguard, schedule, words
from api_gateway.posting.mentions import mentioned_in
from api_gateway.refreshing import header_of
from api_gateway.resources import Res, Resources
from api_gateway.routes import scheduled_statuses
from api_gateway.seeing import MayReadStatuses, WritesStatuses, own_status, status_for
from chassis.clock import utc_now
from chassis.http import Json
from contracts.ids import StatusId
from mastoapi import present
from mastoapi.entities.statuses import Context, StatusSource
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import accepts, id_of, viewer_from
from social.media import store as media
from social.oauth.model import Bearer
from social.statuses import actions, reading
from social.walks import store as walks
from social.walks.actions import begin
from social.walks.model import Walk, is_worth_walking, may_begin

router = APIRouter(prefix="/api/v1/statuses", tags=["statuses"])

MOST_AT_ONCE = 20
# Mastodon's: strangers get less of a long thread than people of ours.
FOR_PEOPLE = (4096, 4096, 4096)
FOR_STRANGERS = (40, 60, 20)


class Delete(msgspec.Struct, frozen=True):
    delete_media: bool = False


class Ids(msgspec.Struct, frozen=True):
    id: list[Id] = []


@router.get("")
async def many(request: Request, viewer: MayReadStatuses, res: Res) -> Json:
    asked = await params(request, Ids)
    ids = [StatusId(i) for i in dict.fromkeys(asked.id)][:MOST_AT_ONCE]
    return Json(await present.statuses(res.db, ids, id_of(viewer), res.urls, policies=res.policies.value))


@router.post("")
async def post(request: Request, viewer: WritesStatuses, res: Res) -> Json:
    asked = await params(request, words.PostStatus)
    said = words.read(asked, viewer.user, res.addresses.domain)
    mentions = await mentioned_in(res.db, res.neighbours, said.text)
    safeguard.check(said, mentions.values())
    key, now = request.headers.get("Idempotency-Key"), utc_now()
    if (at := schedule.moment_ahead(asked.scheduled_at, now)) is not None:
        async with res.db.transaction() as tx:
            scheduled = await schedule.schedule_once(tx, key, viewer, asked, said, at, now)
        return await scheduled_statuses.answer_with(res, scheduled, viewer.id)
    async with res.db.transaction() as tx:
        posted = await publish.publish_once(tx, key, res.addresses, viewer, said, mentions, now)
    return Json(await present.status(res.db, posted.id, viewer.id, res.urls, known=posted.full))


@router.get("/{status_id}")
async def one(status_id: PathId, viewer: MayReadStatuses, res: Res) -> Json:
    found = StatusId(status_id)
    return Json(await present.status(res.db, found, id_of(viewer), res.urls, policies=res.policies.value))


@router.put("/{status_id}")
async def edit(status_id: PathId, request: Request, viewer: WritesStatuses, res: Res) -> Json:
    status = await own_status(res.db, status_id, viewer.id)
    asked = words.read(await params(request, words.PostStatus), viewer.user, res.addresses.domain, replacing=status)
    mentions = await mentioned_in(res.db, res.neighbours, asked.text)
    async with res.db.transaction() as tx:
        status = await own_status(tx, status_id, viewer.id)
        await publish.revise(tx, res.addresses, viewer, status, asked, mentions, utc_now())
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.delete("/{status_id}")
async def delete(status_id: PathId, request: Request, viewer: WritesStatuses, res: Res) -> Json:
    """The answer brings the source, so that the client can offer to write it anew, with the same files if it may."""
    asked = await params(request, Delete)
    status = await own_status(res.db, status_id, viewer.id)
    shown = await present.status(res.db, status.id, viewer.id, res.urls, text=status.text)
    async with res.db.transaction() as tx:
        if asked.delete_media:
            await media.remove_of_status(tx, status.id)
        await actions.delete(tx, viewer.account, status)
    return Json(shown)


@router.get("/{status_id}/context")
async def context(status_id: PathId, viewer: MayReadStatuses, res: Res) -> Json:
    root, (up, down, depth) = StatusId(status_id), FOR_PEOPLE if viewer else FOR_STRANGERS
    around = await reading.thread_of(res.db, root, up=up, down=down, depth=depth)
    seen, ancestors, descendants = await present.thread(
        res.db, root, around, id_of(viewer), res.urls, res.policies.value
    )
    now = utc_now()
    walk = await _walk(res, root, now) if viewer and seen.is_open_elsewhere else None
    return Json(Context(ancestors=ancestors, descendants=descendants), headers=header_of(walk, now))


async def _walk(res: Resources, root: StatusId, now: dt.datetime) -> Walk | None:
    """The walk that looks for more of the thread, begun if it is time."""
    status = await reading.by_id(res.db, root)
    if status is None or not is_worth_walking(status, now):
        return None
    known = await walks.of_conversation(res.db, status.conversation_id)
    if not may_begin(known, now):
        return known
    async with res.db.transaction() as tx:
        return await begin(tx, status, now)


@router.get("/{status_id}/history")
async def history(status_id: PathId, viewer: MayReadStatuses, res: Res) -> Json:
    status = await status_for(res.db, status_id, id_of(viewer))
    return Json(await present.history(res.db, status.id, res.urls))


@router.get("/{status_id}/source")
async def source(status_id: PathId, bearer: Annotated[Bearer, Depends(accepts("read:statuses"))], res: Res) -> Json:
    viewer = viewer_from(bearer).id if bearer.account else None
    status = await status_for(res.db, status_id, viewer)
    return Json(StatusSource(id=str(status.id), text=status.text, spoiler_text=status.spoiler_text))
