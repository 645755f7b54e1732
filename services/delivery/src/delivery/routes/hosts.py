"""How hosts fare, and telling them to wait or go on. For operators and other services of ours."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from chassis.errors import NotFound
from chassis.http import Json, require_internal
from delivery.metrics import REFUSALS
from delivery.model import Host
from delivery.resources import Db, Res
from delivery.store import hosts, overview, results

router = APIRouter(prefix="/internal/hosts", dependencies=[Depends(require_internal)])


class NoSuchHost(NotFound):
    """Nothing is known of this host"""


@router.get("")
async def index(
    db: Db, *, unwell: bool = False, after: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> Response:
    return Json(await overview.hosts(db, unwell_only=unwell, after=after, limit=limit))


@router.get("/behind")
async def behind(db: Db, *, state: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 20) -> Response:
    """Those that have waited longest."""
    return Json(await overview.furthest_behind(db, state=state, limit=limit))


@router.get("/totals")
async def totals(db: Db) -> Response:
    """What is held in each lane, and how many hosts are in each state."""
    return Json({"lanes": await overview.lanes(db), "hosts": await overview.states(db)})


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


@router.post("/{host}/retry")
async def retry(host: str, res: Res) -> Response:
    """Try at once what waits, without waiting for the next probe."""
    async with res.db.transaction() as tx:
        tried = await hosts.visit_now(tx, Host(host), res.clock())
    return Json({"retried": tried})


@router.post("/{host}/drop")
async def drop(host: str, res: Res) -> Response:
    """Give up all that waits for the host. It is gone."""
    async with res.db.transaction() as tx:
        dropped = await results.drop_held(tx, Host(host))
    REFUSALS.labels("dropped").inc(dropped)
    return Json({"dropped": dropped})


@router.post("/{host}/alive")
async def alive(host: str, res: Res) -> Response:
    """A sign of life: if the host was given up, it is probed soon."""
    soonest = dt.timedelta(seconds=res.settings.delivery_wake_seconds)
    async with res.db.transaction() as tx:
        woken = await hosts.wake(tx, [Host(host)], res.clock(), soonest)
    return Json({"woken": bool(woken)})
