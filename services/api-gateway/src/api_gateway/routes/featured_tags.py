"""Hashtags that people show on their profile."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import ReadsAccounts, WritesAccounts, account_of, is_kept_from
from chassis.http import Json
from contracts.ids import FeaturedTagId
from mastoapi.params import PathId, params
from mastoapi.present import tags as presenting
from mastoapi.present.featured_tags import featured_tag_from
from mastoapi.viewer import Viewer, id_of, welcomes
from social.errors import NoSuchRecord, ValidationFailed
from social.featured_tags import actions, store
from social.statuses.text import TAG_NAME
from social.tags import actions as tags

router = APIRouter(prefix="/api/v1", tags=["featured_tags"])

MOST_SUGGESTED: Final = 10


class Named(msgspec.Struct, frozen=True):
    name: str = ""

    @property
    def tag(self) -> str:
        name = self.name.strip().removeprefix("#")
        if TAG_NAME.fullmatch(name) is None:
            raise ValidationFailed("Tag is invalid" if name else "Name can't be blank")
        return name


@router.get("/featured_tags")
async def own(viewer: ReadsAccounts, res: Res) -> Json:
    found = await store.of_account(res.db, viewer.id)
    return Json([featured_tag_from(one, viewer.account, res.urls) for one in found])


@router.post("/featured_tags")
async def add(request: Request, viewer: WritesAccounts, res: Res) -> Json:
    asked = await params(request, Named)
    async with res.db.transaction() as tx:
        added = await actions.feature(tx, viewer.id, await tags.known(tx, asked.tag), asked.tag)
    found = await store.of_account(res.db, viewer.id, added)
    return Json(featured_tag_from(found[0], viewer.account, res.urls))


@router.get("/featured_tags/suggestions")
async def suggestions(viewer: ReadsAccounts, res: Res) -> Json:
    """What the viewer writes most."""
    found = await store.most_used_by(res.db, viewer.id, MOST_SUGGESTED)
    return Json(await presenting.tags(res.db, found, viewer.id, res.urls))


@router.delete("/featured_tags/{featured_id}")
async def remove(featured_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        if not await actions.unfeature(tx, viewer.id, FeaturedTagId(featured_id)):
            raise NoSuchRecord
    return Json({})


@router.get("/accounts/{account_id}/featured_tags")
async def of_account(account_id: PathId, viewer: Annotated[Viewer | None, Depends(welcomes())], res: Res) -> Json:
    account = await account_of(res.db, account_id)
    is_kept = await is_kept_from(res.db, account, id_of(viewer))
    found = [] if is_kept else await store.of_account(res.db, account.id)
    return Json([featured_tag_from(one, account, res.urls) for one in found])


@router.post("/tags/{name}/feature")
async def feature(name: str, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        tag = await tags.known(tx, name)
        await actions.feature(tx, viewer.id, tag, name)
    return Json(await presenting.tag(res.db, tag, viewer.id, res.urls))


@router.post("/tags/{name}/unfeature")
async def unfeature(name: str, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        tag = await tags.known(tx, name)
        await actions.unfeature_tag(tx, viewer.id, tag)
    return Json(await presenting.tag(res.db, tag, viewer.id, res.urls))
