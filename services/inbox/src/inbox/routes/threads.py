"""What our own services ask when somebody opens a thread that began elsewhere."""

import asyncio
import datetime as dt
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from chassis.errors import Invalid, NotFound
from chassis.http import Json, require_internal
from contracts.ids import StatusId
from inbox.fetching.actors import Unreachable, Unusable
from inbox.fetching.gather import keep
from inbox.fetching.threads import Thread, fetch_thread
from inbox.metrics import THREADS
from inbox.resources import Res, Resources
from social.accounts import store as accounts
from social.federation import note as notes
from social.federation import store
from social.federation.arrival import Arrival
from social.statuses import reading
from social.statuses.model import OPEN, Status

router = APIRouter(dependencies=[Depends(require_internal)])


class Asked(msgspec.Struct):
    status_id: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


@router.post("/internal/threads")
async def refresh(request: Request, res: Res) -> Response:
    """Learn anew what a post says and who answered it; how many answers are new."""
    status = await reading.by_id(res.db, _id_in(await request.body()))
    if status is None or status.is_local or status.visibility not in OPEN:
        raise NotFound
    thread = await _in_time(res, status)
    arrival = Arrival(addresses=res.addresses, at=dt.datetime.now(dt.UTC))
    async with res.db.transaction() as tx:
        await store.lock(tx, thread.names)
        if (author := await accounts.by_id(tx, status.account_id)) is not None:
            await notes.receive_update(tx, arrival, author, thread.update)
        kept = [new for found in thread.answers for new in await keep(tx, arrival, found)]
    return Json({"answers": len(kept)})


def _id_in(body: bytes) -> StatusId:
    try:
        return StatusId(msgspec.json.decode(body, type=Asked).status_id)
    except msgspec.DecodeError as problem:
        raise Invalid('Send {"status_id": …}') from problem


async def _in_time(res: Resources, status: Status) -> Thread:
    try:
        async with asyncio.timeout(res.settings.thread_seconds):
            thread = await fetch_thread(res, status)
    except (Unusable, Unreachable, TimeoutError) as problem:
        THREADS.labels("away").inc()
        raise NotFound from problem
    THREADS.labels("fetched").inc()
    return thread
