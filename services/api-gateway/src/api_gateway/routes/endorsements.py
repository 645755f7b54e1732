"""People whom somebody shows on their profile."""

import datetime as dt
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from api_gateway import finding
from api_gateway.resources import Res
from api_gateway.seeing import MayReadAccounts, ReadsAccounts, WritesAccounts, account_of, is_kept_from
from chassis.http import Json
from mastoapi import deprecated, present
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId
from mastoapi.viewer import id_of
from social.endorsements import actions, store
from social.paging import Page

router = APIRouter(prefix="/api/v1", tags=["endorsements"])

# Called "endorse" since Mastodon 4.4.
FORMER_NAMES: Final = deprecated.since(dt.date(2025, 7, 8))

People = Annotated[Page, Depends(paged(40, 80))]


@router.get("/endorsements")
async def own(request: Request, page: People, viewer: ReadsAccounts, res: Res) -> Json:
    found = await store.of_account(res.db, viewer.id, page)
    entities = await present.accounts(res.db, [account for _, account in found], res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")


@router.get("/accounts/{account_id}/endorsements")
async def of_account(account_id: PathId, request: Request, page: People, viewer: MayReadAccounts, res: Res) -> Json:
    account = await account_of(res.db, account_id)
    is_kept = await is_kept_from(res.db, account, id_of(viewer))
    found = [] if is_kept else await store.of_account(res.db, account.id, page)
    shown = await finding.without_blocked(res.db, [i for _, i in found], id_of(viewer))
    return answer(
        request,
        page,
        await present.accounts(res.db, shown, res.urls, policies=res.policies.value),
        [i for i, _ in found],
        back="since_id",
    )


@router.post("/accounts/{account_id}/endorse")
async def endorse(account_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.endorse(tx, viewer.id, target.id)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/accounts/{account_id}/unendorse")
async def unendorse(account_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.unendorse(tx, viewer.id, target.id)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/accounts/{account_id}/pin")
async def pin(account_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    answer = await endorse(account_id, viewer, res)
    answer.headers.update(FORMER_NAMES)
    return answer


@router.post("/accounts/{account_id}/unpin")
async def unpin(account_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    answer = await unendorse(account_id, viewer, res)
    answer.headers.update(FORMER_NAMES)
    return answer
