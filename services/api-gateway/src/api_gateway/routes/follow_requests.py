"""Who asks to follow the viewer, and the viewer's answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import WritesFollows, account_of
from chassis.http import Json
from mastoapi import present
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord
from social.paging import Page
from social.relationships import actions, listing, store

router = APIRouter(prefix="/api/v1/follow_requests", tags=["accounts"])

ReadsFollows = Annotated[Viewer, Depends(requires("read:follows"))]
People = Annotated[Page, Depends(paged(40, 80))]


@router.get("")
async def waiting(request: Request, page: People, viewer: ReadsFollows, res: Res) -> Json:
    found = await listing.requests_to(res.db, viewer.id, page)
    entities = await present.accounts(res.db, [account for _, account in found], res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")


@router.post("/{account_id}/authorize")
async def authorize(account_id: PathId, viewer: WritesFollows, res: Res) -> Json:
    async with res.db.transaction() as tx:
        follower = await account_of(tx, account_id)
        if not await actions.accept(tx, follower, viewer.account):
            raise NoSuchRecord
    return Json(await present.relationship(res.db, viewer.id, follower.id))


@router.post("/{account_id}/reject")
async def reject(account_id: PathId, viewer: WritesFollows, res: Res) -> Json:
    async with res.db.transaction() as tx:
        follower = await account_of(tx, account_id)
        if await store.request_between(tx, follower.id, viewer.id) is None:
            raise NoSuchRecord
        await actions.reject(tx, follower, viewer.account)
    return Json(await present.relationship(res.db, viewer.id, follower.id))
