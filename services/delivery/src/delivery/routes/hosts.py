"""How hosts fare, and telling them to wait or go on. For operators and other services of ours."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from chassis.errors import NotFound
from chassis.http import Json, require_internal
from delivery.model import Host
from delivery.resources import Db, Res
from delivery.store import hosts, overview

router = APIRouter(prefix="/internal/hosts", dependencies=[Depends(require_internal)])


class NoSuchHost(NotFound):
    """Nothing is known of this host"""


@router.get("")
async def index(
    db: Db, *, unwell: bool = False, after: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> Response:
    return Json(await overview.hosts(db, unwell_only=unwell, after=after, limit=limit))


@router.get("/{host}")
async def show(host: str, db: Db) -> Response:
    report = await overview.host(db, Host(host))
    if report is None:
        raise NoSuchHost
    return Json(report)


@router.post("/{host}/pause")
async def pause(host: str, res: Res) -> Response:
    """Hold everything for the host until it is resumed."""
    async with res.db.transaction() as tx:
        await hosts.set_paused(tx, Host(host), paused=True, now=res.clock())
    return Json(await overview.host(res.db, Host(host)))


@router.post("/{host}/resume")
async def resume(host: str, res: Res) -> Response:
    """Go on, with what was held first. A host that was given up is probed at once."""
    async with res.db.transaction() as tx:
        await hosts.set_paused(tx, Host(host), paused=False, now=res.clock())
    return Json(await overview.host(res.db, Host(host)))


@router.post("/{host}/alive")
async def alive(host: str, res: Res) -> Response:
    """A sign of life: if the host was given up, it is probed soon."""
    soonest = dt.timedelta(seconds=res.settings.delivery_wake_seconds)
    async with res.db.transaction() as tx:
        woken = await hosts.wake(tx, [Host(host)], res.clock(), soonest)
    return Json({"woken": bool(woken)})
