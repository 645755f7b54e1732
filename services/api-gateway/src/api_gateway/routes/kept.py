"""The viewer's own lists: favourites, bookmarks, and whom they block and mute."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from chassis.http import Json
from mastoapi import present
from mastoapi.pagination import answer, paged
from mastoapi.viewer import Viewer, requires
from social.paging import Page
from social.relationships import listing as people
from social.statuses import listing

router = APIRouter(prefix="/api/v1", tags=["lists"])

Posts = Annotated[Page, Depends(paged(20, 40))]
People = Annotated[Page, Depends(paged(40, 80))]


@router.get("/favourites")
async def favourites(
    request: Request, page: Posts, viewer: Annotated[Viewer, Depends(requires("read:favourites"))], res: Res
) -> Json:
    found = await listing.favourites_of(res.db, viewer.id, page)
    ids = [status for _, status in found]
    entities = await present.statuses(res.db, ids, viewer.id, res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found])


@router.get("/bookmarks")
async def bookmarks(
    request: Request, page: Posts, viewer: Annotated[Viewer, Depends(requires("read:bookmarks"))], res: Res
) -> Json:
    found = await listing.bookmarks_of(res.db, viewer.id, page)
    ids = [status for _, status in found]
    entities = await present.statuses(res.db, ids, viewer.id, res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found])


@router.get("/blocks")
async def blocks(
    request: Request, page: People, viewer: Annotated[Viewer, Depends(requires("read:blocks"))], res: Res
) -> Json:
    found = await people.blocked_by(res.db, viewer.id, page)
    entities = await present.accounts(res.db, [account for _, account in found], res.urls, policies=res.policies.value)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")


@router.get("/mutes")
async def mutes(
    request: Request, page: People, viewer: Annotated[Viewer, Depends(requires("read:mutes"))], res: Res
) -> Json:
    found = await people.muted_by(res.db, viewer.id, page)
    entities = await present.muted_accounts(res.db, viewer.id, [account for _, account in found], res.urls)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")
