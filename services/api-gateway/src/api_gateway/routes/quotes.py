"""Posts that quote a post: who may, who does, and no longer."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import ReadsStatuses, WritesStatuses, original_for, own_status, status_for
from chassis.clock import utc_now
from chassis.db import Reader
from chassis.http import Json
from contracts.ids import AccountId, StatusId
from mastoapi import present
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId, params
from social.errors import NoSuchRecord, NotAllowed, ValidationFailed
from social.paging import Page
from social.quotes import actions, rules, store
from social.quotes.model import Quote
from social.quotes.rules import Turn

router = APIRouter(prefix="/api/v1/statuses/{status_id}", tags=["quotes"])


class InteractionPolicy(msgspec.Struct, frozen=True):
    quote_approval_policy: str = ""


Posts = Annotated[Page, Depends(paged(20, 40))]


@router.put("/interaction_policy")
async def set_policy(status_id: PathId, request: Request, viewer: WritesStatuses, res: Res) -> Json:
    asked = await params(request, InteractionPolicy)
    if asked.quote_approval_policy not in rules.WANTED:
        raise ValidationFailed("Quote approval policy is not included in the list")
    async with res.db.transaction() as tx:
        status = await own_status(tx, status_id, viewer.id)
        policy = rules.policy_for(asked.quote_approval_policy, status.visibility)
        await actions.set_policy(tx, viewer.account, status, policy, utc_now())
    return Json(await present.status(res.db, status.id, viewer.id, res.urls))


@router.get("/quotes")
async def quotes(request: Request, status_id: PathId, page: Posts, viewer: ReadsStatuses, res: Res) -> Json:
    status = await original_for(res.db, status_id, viewer.id)
    found = await store.quotes_of(res.db, status.id, viewer.id, page)
    ids = [quoting for _, quoting in found]
    shown = await present.statuses(res.db, ids, viewer.id, res.urls, unasked=True, policies=res.policies.value)
    return answer(request, page, shown, [quote for quote, _ in found], back="since_id")


@router.post("/quotes/{quoting_status_id}/revoke")
async def revoke(status_id: PathId, quoting_status_id: PathId, viewer: WritesStatuses, res: Res) -> Json:
    async with res.db.transaction() as tx:
        quote = await _quote_of(tx, status_id, StatusId(quoting_status_id), viewer.id)
        await actions.settle(tx, quote, Turn.REFUSED)
    return Json(await present.status(res.db, quote.status_id, viewer.id, res.urls))


async def _quote_of(db: Reader, status_id: int, quoting: StatusId, viewer: AccountId) -> Quote:
    """A quote of the viewer's post. Of others' posts they know which are quoted, and may not meddle."""
    status = await status_for(db, status_id, viewer)
    quote = await store.of_status(db, quoting)
    if quote is None or quote.quoted_status_id != status.id:
        raise NoSuchRecord
    if status.account_id != viewer:
        raise NotAllowed
    return quote
