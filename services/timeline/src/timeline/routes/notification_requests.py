"""Senders whose notifications wait aside, and what one decides about them."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from chassis.db import Tx
from chassis.http import Json
from contracts.ids import AccountId
from mastoapi.pagination import answer, paged
from mastoapi.params import Id, PathId, params
from social.errors import NoSuchRecord
from social.paging import Page
from timeline import notified
from timeline.jobs import MoveIn
from timeline.resources import Db, Res
from timeline.routes.notifications import Reader, Writer
from timeline.store import requests

router = APIRouter(prefix="/api/v1/notifications/requests")

Paged = Annotated[Page, Depends(paged(40, 80))]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    id: list[Id] = msgspec.field(default_factory=list)


@router.get("")
async def all_of_them(request: Request, viewer: Reader, page: Paged, res: Res) -> Json:
    found = await requests.page_of(res.db, viewer.id, page)
    return answer(request, page, await notified.requests(res, found, viewer.id), [r.id for r in found])


@router.get("/merged")
async def merged(viewer: Reader, db: Db) -> Json:
    return Json({"merged": not await requests.is_merging(db, viewer.id)})


@router.post("/accept")
async def accept_many(request: Request, viewer: Writer, db: Db) -> Json:
    named = await params(request, Named)
    async with db.transaction() as tx:
        await _accept(tx, viewer.id, named.id)
    return Json({})


@router.post("/dismiss")
async def dismiss_many(request: Request, viewer: Writer, db: Db) -> Json:
    named = await params(request, Named)
    async with db.transaction() as tx:
        await requests.dismiss(tx, viewer.id, named.id)
    return Json({})


@router.get("/{request_id}")
async def one(request_id: PathId, viewer: Reader, res: Res) -> Json:
    found = await requests.by_id(res.db, viewer.id, request_id)
    shown = await notified.requests(res, [found], viewer.id) if found else []
    if not shown:
        raise NoSuchRecord
    return Json(shown[0])


@router.post("/{request_id}/accept")
async def accept(request_id: PathId, viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        if not await _accept(tx, viewer.id, [request_id]):
            raise NoSuchRecord
    return Json({})


@router.post("/{request_id}/dismiss")
async def dismiss(request_id: PathId, viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        if not await requests.dismiss(tx, viewer.id, [request_id]):
            raise NoSuchRecord
    return Json({})


async def _accept(tx: Tx, viewer: AccountId, ids: Sequence[int]) -> bool:
    """What waits is moved in by the worker: it may be a lot."""
    senders = await requests.accept(tx, viewer, ids)
    for sender in senders:
        tx.enqueue(MoveIn(account_id=viewer, from_account_id=sender))
    return bool(senders)
