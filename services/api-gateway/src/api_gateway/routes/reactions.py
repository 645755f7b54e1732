"""What people do with a status, and who did."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway import finding
from api_gateway.allowances import ACCOUNTS
from api_gateway.resources import Res
from api_gateway.seeing import (
    MayReadAccounts,
    WritesAccounts,
    WritesBookmarks,
    WritesFavourites,
    WritesMutes,
    WritesStatuses,
    original_for,
    own_status,
)
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi import present
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId, params
from mastoapi.present import Tapped
from mastoapi.viewer import id_of
from social.errors import ValidationFailed
from social.paging import Page
from social.statuses import actions, listing

router = APIRouter(prefix="/api/v1/statuses/{status_id}", tags=["statuses"])


class Reblog(msgspec.Struct, frozen=True):
    visibility: str | None = None


People = Annotated[Page, Depends(paged(40, 80))]


@router.post("/favourite")
async def favourite(status_id: PathId, viewer: WritesFavourites, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        is_new = await actions.favourite(tx, viewer.account, status)
    tapped = Tapped(favourites=int(is_new))
    return Json(await present.status(res.db, status.id, viewer.id, res.urls, tapped=tapped))


@router.post("/unfavourite")
async def unfavourite(status_id: PathId, viewer: WritesFavourites, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        was_there = await actions.unfavourite(tx, viewer.account, status)
    tapped = Tapped(favourites=-int(was_there))
    return Json(await present.status(res.db, status.id, viewer.id, res.urls, tapped=tapped))


@router.post("/reblog")
async def reblog(status_id: PathId, request: Request, viewer: WritesStatuses, res: Res) -> Json:
    asked = await params(request, Reblog)
    now = utc_now()
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        visibility = actions.boost_visibility(status, asked.visibility)
        boost = await actions.reblog(tx, res.addresses, viewer.account, status, visibility, created_at=now)
    tapped = Tapped(reblogs=int(boost.created_at == now))
    return Json(await present.status(res.db, boost.id, viewer.id, res.urls, tapped=tapped))


@router.post("/unreblog")
async def unreblog(status_id: PathId, viewer: WritesStatuses, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        was_there = await actions.unreblog(tx, viewer.account, status)
    tapped = Tapped(reblogs=-int(was_there))
    return Json(await present.status(res.db, status.id, viewer.id, res.urls, tapped=tapped))


@router.post("/bookmark")
async def bookmark(status_id: PathId, viewer: WritesBookmarks, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        await actions.bookmark(tx, viewer.account, status)
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.post("/unbookmark")
async def unbookmark(status_id: PathId, viewer: WritesBookmarks, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        await actions.unbookmark(tx, viewer.account, status)
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.post("/pin")
async def pin(status_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        await actions.pin(tx, viewer.account, status)
        if await listing.count_pins(tx, viewer.id) > ACCOUNTS.max_pinned_statuses:
            raise ValidationFailed("You have already pinned the maximum number of posts")
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.post("/unpin")
async def unpin(status_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await own_status(tx, status_id, viewer.id)
        await actions.unpin(tx, viewer.account, status)
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.post("/mute")
async def mute(status_id: PathId, viewer: WritesMutes, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        await actions.mute_conversation(tx, viewer.account, status)
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.post("/unmute")
async def unmute(status_id: PathId, viewer: WritesMutes, res: Res) -> Json:
    async with res.db.transaction() as tx:
        status = await original_for(tx, status_id, viewer.id)
        await actions.unmute_conversation(tx, viewer.account, status)
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.get("/favourited_by")
async def favourited_by(request: Request, status_id: PathId, page: People, viewer: MayReadAccounts, res: Res) -> Json:
    status = await original_for(res.db, status_id, id_of(viewer))
    found = await listing.favourited_by(res.db, status.id, page)
    shown = await finding.without_blocked(res.db, [account for _, account in found], id_of(viewer))
    entities = await present.accounts(res.db, shown, res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")


@router.get("/reblogged_by")
async def reblogged_by(request: Request, status_id: PathId, page: People, viewer: MayReadAccounts, res: Res) -> Json:
    status = await original_for(res.db, status_id, id_of(viewer))
    found = await listing.reblogged_by(res.db, status.id, page)
    shown = await finding.without_blocked(res.db, [account for _, account in found], id_of(viewer))
    entities = await present.accounts(res.db, shown, res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")
