"""Following, blocking and muting accounts."""

import datetime as dt

import msgspec
from fastapi import APIRouter, Request

from api_gateway.resources import Res
from api_gateway.seeing import WritesAccounts, WritesBlocks, WritesFollows, WritesMutes, account_of
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi import present
from mastoapi.params import PathId, params
from social.relationships import actions, store

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])

LONGEST_NOTE = 2_000
LONGEST_MUTE = dt.timedelta(days=36_500)


class Follow(msgspec.Struct, frozen=True):
    """What is None stays as it was, or as a new follow has it."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None = None


class Mute(msgspec.Struct, frozen=True):
    notifications: bool = True
    duration: int = 0


class Note(msgspec.Struct, frozen=True):
    comment: str = ""


@router.post("/follow")
async def follow(account_id: PathId, request: Request, viewer: WritesFollows, res: Res) -> Json:
    asked = await params(request, Follow)
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        how = msgspec.structs.asdict(asked)
        await actions.follow(tx, viewer.account, target, now=utc_now(), **how)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/unfollow")
async def unfollow(account_id: PathId, viewer: WritesFollows, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.unfollow(tx, viewer.account, target)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/remove_from_followers")
async def remove_from_followers(account_id: PathId, viewer: WritesFollows, res: Res) -> Json:
    async with res.db.transaction() as tx:
        follower = await account_of(tx, account_id)
        await actions.reject(tx, follower, viewer.account)
    return Json(await present.relationship(res.db, viewer.id, follower.id))


@router.post("/block")
async def block(account_id: PathId, viewer: WritesBlocks, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.block(tx, viewer.account, target, now=utc_now())
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/unblock")
async def unblock(account_id: PathId, viewer: WritesBlocks, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.unblock(tx, viewer.account, target)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/mute")
async def mute(account_id: PathId, request: Request, viewer: WritesMutes, res: Res) -> Json:
    asked = await params(request, Mute)
    seconds = min(asked.duration, int(LONGEST_MUTE.total_seconds()))
    until = utc_now() + dt.timedelta(seconds=seconds) if seconds > 0 else None
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.mute(tx, viewer.account, target, hide_notifications=asked.notifications, expires_at=until)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/unmute")
async def unmute(account_id: PathId, viewer: WritesMutes, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await actions.unmute(tx, viewer.account, target)
    return Json(await present.relationship(res.db, viewer.id, target.id))


@router.post("/note")
async def note(account_id: PathId, request: Request, viewer: WritesAccounts, res: Res) -> Json:
    asked = await params(request, Note)
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await store.set_note(tx, viewer.id, target.id, asked.comment[:LONGEST_NOTE])
    return Json(await present.relationship(res.db, viewer.id, target.id))
