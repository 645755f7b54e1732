"""Notifications, version 1 of the API."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from chassis.http import Json
from contracts.ids import AccountId, NotificationId
from mastoapi.pagination import answer, paged
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord
from social.paging import Page
from timeline import notified
from timeline.resources import Db, Res
from timeline.store import notifications
from timeline.store.notifications import Choice

router = APIRouter(prefix="/api/v1/notifications")

Reader = Annotated[Viewer, Depends(requires("read:notifications"))]
Writer = Annotated[Viewer, Depends(requires("write:notifications"))]
Paged = Annotated[Page, Depends(paged(40, 80))]

MOST_UNREAD = 1000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    types: list[str] = msgspec.field(default_factory=list)
    exclude_types: list[str] = msgspec.field(default_factory=list)
    supported_types: list[str] | None = None
    account_id: Id | None = None
    include_filtered: bool = False
    limit: int = 100

    @property
    def choice(self) -> Choice:
        return Choice(
            types=self.types,
            exclude_types=self.exclude_types,
            sender=AccountId(self.account_id) if self.account_id is not None else None,
            include_filtered=self.include_filtered,
        )


@router.get("")
async def all_of_them(request: Request, viewer: Reader, page: Paged, res: Res) -> Json:
    asked = await params(request, Asked)
    found, senders = await notifications.page_of(res.db, viewer.id, page, asked.choice)
    shown = await notified.one_by_one(res, found, viewer.id, asked.supported_types, senders)
    return answer(request, page, shown, [n.id for n in found])


@router.get("/unread_count")
async def unread_count(request: Request, viewer: Reader, db: Db) -> Json:
    asked = await params(request, Asked)
    limit = min(max(asked.limit, 1), MOST_UNREAD)
    return Json({"count": await notifications.count_unread(db, viewer.id, limit, asked.choice)})


@router.post("/clear")
async def clear(viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        await notifications.dismiss_all(tx, viewer.id)
    return Json({})


@router.get("/{notification_id}")
async def one(request: Request, notification_id: PathId, viewer: Reader, res: Res) -> Json:
    asked = await params(request, Asked)
    found = await notifications.by_id(res.db, viewer.id, NotificationId(notification_id))
    shown = await notified.one_by_one(res, [found], viewer.id, asked.supported_types) if found else []
    if not shown:
        raise NoSuchRecord
    return Json(shown[0])


@router.post("/{notification_id}/dismiss")
async def dismiss(notification_id: PathId, viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        if not await notifications.dismiss(tx, viewer.id, NotificationId(notification_id)):
            raise NoSuchRecord
    return Json({})
