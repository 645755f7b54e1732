"""Whose notifications one wants to see: as it is now, and as it was in beta (deprecated)."""

import datetime as dt
from typing import Final, Literal

import msgspec
from fastapi import APIRouter, Request

from chassis.db import Database
from chassis.http import Json
from contracts.ids import AccountId
from mastoapi import deprecated
from mastoapi.entities.notification_policies import NotificationPolicy, NotificationPolicyV1, PolicySummary
from mastoapi.params import params
from timeline.resources import Db
from timeline.routes.notifications import Reader, Writer
from timeline.store import requests, wishes
from timeline.verdicts import ACCEPT, FILTER, Wishes

router = APIRouter(prefix="/api")

SINCE: Final = dt.date(2024, 10, 8)
"""When version 2 came."""

Wish = Literal["accept", "filter", "drop"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    for_not_following: Wish | None = None
    for_not_followers: Wish | None = None
    for_new_accounts: Wish | None = None
    for_private_mentions: Wish | None = None
    for_limited_accounts: Wish | None = None
    for_bots: Wish | None = None

    def changes(self) -> dict[str, str]:
        return {name: wish for name, wish in msgspec.structs.asdict(self).items() if wish is not None}


class WantedV1(msgspec.Struct, frozen=True, kw_only=True):
    filter_not_following: bool | None = None
    filter_not_followers: bool | None = None
    filter_new_accounts: bool | None = None
    filter_private_mentions: bool | None = None
    filter_bots: bool | None = None

    def changes(self) -> dict[str, str]:
        given = {name: wish for name, wish in msgspec.structs.asdict(self).items() if wish is not None}
        return {name.replace("filter_", "for_", 1): FILTER if wish else ACCEPT for name, wish in given.items()}


@router.get("/v2/notifications/policy")
async def read(viewer: Reader, db: Db) -> Json:
    return Json(await _policy(db, viewer.id, await wishes.of_account(db, viewer.id)))


@router.put("/v2/notifications/policy")
@router.patch("/v2/notifications/policy")
async def change(request: Request, viewer: Writer, db: Db) -> Json:
    wanted = await params(request, Wanted)
    async with db.transaction() as tx:
        now = await wishes.change(tx, viewer.id, wanted.changes())
    return Json(await _policy(db, viewer.id, now))


@router.get("/v1/notifications/policy")
async def read_v1(viewer: Reader, db: Db) -> Json:
    shown = await _policy_v1(db, viewer.id, await wishes.of_account(db, viewer.id))
    return Json(shown, headers=deprecated.since(SINCE))


@router.put("/v1/notifications/policy")
@router.patch("/v1/notifications/policy")
async def change_v1(request: Request, viewer: Writer, db: Db) -> Json:
    wanted = await params(request, WantedV1)
    async with db.transaction() as tx:
        now = await wishes.change(tx, viewer.id, wanted.changes())
    return Json(await _policy_v1(db, viewer.id, now), headers=deprecated.since(SINCE))


async def _policy(db: Database, viewer: AccountId, found: Wishes) -> NotificationPolicy:
    return NotificationPolicy(**msgspec.structs.asdict(found), summary=await _summary(db, viewer))


async def _policy_v1(db: Database, viewer: AccountId, found: Wishes) -> NotificationPolicyV1:
    return NotificationPolicyV1(
        filter_not_following=found.for_not_following != ACCEPT,
        filter_not_followers=found.for_not_followers != ACCEPT,
        filter_new_accounts=found.for_new_accounts != ACCEPT,
        filter_private_mentions=found.for_private_mentions != ACCEPT,
        filter_bots=found.for_bots != ACCEPT,
        summary=await _summary(db, viewer),
    )


async def _summary(db: Database, viewer: AccountId) -> PolicySummary:
    waiting, notifications = await requests.pending(db, viewer)
    return PolicySummary(pending_requests_count=waiting, pending_notifications_count=notifications)
