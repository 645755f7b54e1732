"""Hashtags that people follow."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import WritesFollows
from chassis.http import Json
from mastoapi.pagination import answer, paged
from mastoapi.present import tags as presenting
from mastoapi.viewer import Viewer, id_of, requires, welcomes
from social.errors import NoSuchRecord
from social.paging import Page
from social.statuses.text import TAG_NAME
from social.tags import actions, following, store

router = APIRouter(prefix="/api/v1", tags=["tags"])

Anybody = Annotated[Viewer | None, Depends(welcomes())]
Follows = Annotated[Viewer, Depends(requires("read:follows"))]


@router.get("/tags/{name}")
async def one(name: str, viewer: Anybody, res: Res) -> Json:
    if TAG_NAME.fullmatch(name) is None:
        raise NoSuchRecord
    tag = await store.by_name(res.db, name)
    if tag is None:
        return Json(presenting.unused(name, id_of(viewer), res.urls))
    return Json(await presenting.tag(res.db, tag, id_of(viewer), res.urls))


@router.post("/tags/{name}/follow")
async def follow(name: str, viewer: WritesFollows, res: Res) -> Json:
    async with res.db.transaction() as tx:
        tag = await actions.known(tx, name)
        await actions.follow(tx, viewer.id, tag)
    return Json(await presenting.tag(res.db, tag, viewer.id, res.urls))


@router.post("/tags/{name}/unfollow")
async def unfollow(name: str, viewer: WritesFollows, res: Res) -> Json:
    async with res.db.transaction() as tx:
        tag = await actions.known(tx, name)
        await actions.unfollow(tx, viewer.id, tag)
    return Json(await presenting.tag(res.db, tag, viewer.id, res.urls))


@router.get("/followed_tags")
async def followed(
    request: Request, page: Annotated[Page, Depends(paged(100, 200))], viewer: Follows, res: Res
) -> Json:
    found = await following.followed_by(res.db, viewer.id, page)
    entities = await presenting.tags(res.db, [tag for _, tag in found], viewer.id, res.urls)
    return answer(request, page, entities, [i for i, _ in found], back="since_id")
