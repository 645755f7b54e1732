"""What those who run the server tell everybody, and what people make of it."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import WritesAccounts, WritesFavourites
from chassis.http import Json
from contracts.ids import AnnouncementId
from mastoapi.params import PathId, params
from mastoapi.present import announcements as present
from mastoapi.viewer import Viewer, requires
from social.announcements import actions, store

router = APIRouter(prefix="/api/v1/announcements", tags=["announcements"])

Anybody = Annotated[Viewer, Depends(requires())]


class Which(msgspec.Struct, frozen=True):
    with_dismissed: bool = False


@router.get("")
async def published(request: Request, viewer: Anybody, res: Res) -> Json:
    asked = await params(request, Which)
    found = await store.published(res.db, viewer.id, with_dismissed=asked.with_dismissed)
    return Json(await present.announcements(res.db, found, viewer.id, res.addresses, res.urls))


@router.post("/{announcement_id}/dismiss")
async def dismiss(announcement_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await actions.dismiss(tx, viewer.id, AnnouncementId(announcement_id))
    return Json({})


@router.put("/{announcement_id}/reactions/{name}")
async def react(announcement_id: PathId, name: str, viewer: WritesFavourites, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await actions.react(tx, viewer.id, AnnouncementId(announcement_id), name)
    return Json({})


@router.delete("/{announcement_id}/reactions/{name}")
async def unreact(announcement_id: PathId, name: str, viewer: WritesFavourites, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await actions.unreact(tx, viewer.id, AnnouncementId(announcement_id), name)
    return Json({})
