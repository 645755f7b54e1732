"""Markers: how far somebody has read, the same on all their devices."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from chassis.db import Tx
from chassis.errors import Conflict
from chassis.http import Json
from contracts.ids import AccountId
from mastoapi.params import Id, params
from mastoapi.viewer import Viewer, requires
from timeline import showing
from timeline.resources import Db
from timeline.store import markers
from timeline.store.markers import Marker

router = APIRouter(prefix="/api/v1/markers")

Reader = Annotated[Viewer, Depends(requires("read:statuses"))]
Writer = Annotated[Viewer, Depends(requires("write:statuses"))]


class MovedMeanwhile(Conflict):
    """Conflict during update, please try again"""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    timeline: list[str] = msgspec.field(default_factory=list)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    last_read_id: Id


class Positions(msgspec.Struct, frozen=True, kw_only=True):
    home: Position | None = None
    notifications: Position | None = None

    def given(self) -> dict[str, int]:
        both = (("home", self.home), ("notifications", self.notifications))
        return {timeline: position.last_read_id for timeline, position in both if position is not None}


@router.get("")
async def read(request: Request, viewer: Reader, db: Db) -> Json:
    asked = await params(request, Asked)
    found = await markers.of_account(db, viewer.id, asked.timeline)
    return Json({timeline: showing.marker(marker) for timeline, marker in found.items()})


@router.post("")
async def move(request: Request, viewer: Writer, db: Db) -> Json:
    wanted = (await params(request, Positions)).given()
    async with db.transaction() as tx:
        stood = await markers.of_account(tx, viewer.id, list(wanted))
        moved = {timeline: await _moved(tx, viewer.id, timeline, to, stood) for timeline, to in wanted.items()}
    return Json({timeline: showing.marker(marker) for timeline, marker in moved.items()})


async def _moved(tx: Tx, viewer: AccountId, timeline: str, to: int, stood: dict[str, Marker]) -> Marker:
    """As Mastodon: the version counts moves, and of two at the same time the later is refused."""
    before = stood.get(timeline)
    if before is not None and before.last_read_id == to:
        return before
    marker = await markers.set_marker(tx, viewer, timeline, to, before.version if before else 0)
    if marker is None:
        raise MovedMeanwhile
    return marker
