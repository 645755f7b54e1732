"""Notifications, version 2 of the API: in groups."""

from typing import Literal

import msgspec
from fastapi import APIRouter, Request

from chassis.http import Json
from mastoapi.pagination import answer, link_to_neighbours
from mastoapi.params import params
from mastoapi.present import accounts_by_id
from social.errors import NoSuchRecord
from timeline import notified
from timeline.resources import Db, Res
from timeline.routes.notifications import MOST_UNREAD, Asked, Paged, Reader, Writer
from timeline.store import groups, notifications

router = APIRouter(prefix="/api/v2/notifications")


class AskedGroups(Asked, frozen=True, kw_only=True):
    grouped_types: list[str] = msgspec.field(default_factory=list)
    expand_accounts: Literal["full", "partial_avatars"] = "full"


@router.get("")
async def all_of_them(request: Request, viewer: Reader, page: Paged, res: Res) -> Json:
    asked = await params(request, AskedGroups)
    found = await groups.page_of(res.db, viewer.id, page, asked.choice, asked.grouped_types)
    partial = asked.expand_accounts == "partial_avatars"
    shown = await notified.in_groups(
        res, found, viewer.id, supported=asked.supported_types, partial=partial, paged=True
    )
    link = link_to_neighbours(request, page, [group.place for group in found])
    return Json(shown, headers={"Link": link} if link else None)


@router.get("/unread_count")
async def unread_count(request: Request, viewer: Reader, db: Db) -> Json:
    asked = await params(request, AskedGroups)
    limit = min(max(asked.limit, 1), MOST_UNREAD)
    return Json({"count": await groups.count_unread(db, viewer.id, limit, asked.choice, asked.grouped_types)})


@router.post("/clear")
async def clear(viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        await notifications.dismiss_all(tx, viewer.id)
    return Json({})


@router.get("/{group_key}")
async def one(request: Request, group_key: str, viewer: Reader, res: Res) -> Json:
    asked = await params(request, AskedGroups)
    found = await groups.by_key(res.db, viewer.id, group_key)
    shown = await notified.in_groups(res, [found] if found else [], viewer.id, supported=asked.supported_types)
    if not shown.notification_groups:
        raise NoSuchRecord
    return Json(shown)


@router.get("/{group_key}/accounts")
async def accounts(request: Request, group_key: str, viewer: Reader, page: Paged, res: Res) -> Json:
    found = await groups.senders(res.db, viewer.id, group_key, page)
    shown = await accounts_by_id(res.db, [sender for _, sender in found], res.urls, res.policies.value)
    return answer(request, page, list(shown.values()), [place for place, _ in found])


@router.post("/{group_key}/dismiss")
async def dismiss(group_key: str, viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        await groups.dismiss(tx, viewer.id, group_key)
    return Json({})
