"""Scheduled posts: looking at them, putting them off, cancelling them."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.posting import schedule
from api_gateway.resources import Res, Resources
from api_gateway.seeing import ReadsStatuses, WritesStatuses
from chassis.clock import utc_now
from chassis.http import Json
from contracts.ids import AccountId, ScheduledId
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId, params
from social.errors import NoSuchRecord, ValidationFailed
from social.paging import Page
from social.scheduled import actions, store

router = APIRouter(prefix="/api/v1/scheduled_statuses", tags=["scheduled_statuses"])


class PutOff(msgspec.Struct, frozen=True):
    scheduled_at: str | None = None


@router.get("")
async def all_of_them(
    request: Request, page: Annotated[Page, Depends(paged(20, 40))], viewer: ReadsStatuses, res: Res
) -> Json:
    found = await store.page_of(res.db, viewer.id, page)
    return answer(request, page, await schedule.shown(res.db, found, res.urls), [s.id for s in found])


@router.get("/{scheduled_id}")
async def one(scheduled_id: PathId, viewer: ReadsStatuses, res: Res) -> Json:
    return await answer_with(res, ScheduledId(scheduled_id), viewer.id)


@router.put("/{scheduled_id}")
async def put_off(scheduled_id: PathId, request: Request, viewer: WritesStatuses, res: Res) -> Json:
    """Only the time changes."""
    at = schedule.moment_in((await params(request, PutOff)).scheduled_at)
    known = await store.owned(res.db, ScheduledId(scheduled_id), viewer.id)
    if known is None:
        raise NoSuchRecord
    if at is None:
        raise ValidationFailed("Scheduled at can't be blank")
    async with res.db.transaction() as tx:
        await actions.put_off(tx, known.id, viewer.id, at, utc_now())
    return await answer_with(res, known.id, viewer.id)


@router.delete("/{scheduled_id}")
async def cancel(scheduled_id: PathId, viewer: WritesStatuses, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await actions.cancel(tx, ScheduledId(scheduled_id), viewer.id)
    return Json({})


async def answer_with(res: Resources, scheduled_id: ScheduledId, viewer: AccountId) -> Json:
    found = await store.owned(res.db, scheduled_id, viewer)
    if found is None:
        raise NoSuchRecord
    return Json((await schedule.shown(res.db, [found], res.urls))[0])
