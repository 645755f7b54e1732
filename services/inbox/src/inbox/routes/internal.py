"""What our own services ask: to find somebody or something elsewhere."""

import asyncio
import datetime as dt
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from chassis.errors import Invalid, NotFound
from chassis.http import Json, require_internal
from contracts.ids import PollId, Uri
from inbox.fetching.actors import Unreachable
from inbox.fetching.gather import gather_actor, keep
from inbox.fetching.polls import fetch_poll
from inbox.fetching.replies import learn_replies
from inbox.fetching.resolve import Resolved, resolve
from inbox.jobs import CountActor, FetchStatus
from inbox.metrics import RESOLVED
from inbox.resources import Res, Resources
from social.accounts import store as accounts
from social.federation import poll, store
from social.federation.arrival import Arrival
from social.statuses import reading

router = APIRouter(dependencies=[Depends(require_internal)])

LONGEST = 2048
ABSENT_SECONDS = 300
AWAY_SECONDS = 20


class Asked(msgspec.Struct):
    resource: str
    fresh: bool = False
    """Whether an account that is known has to be read anew."""


class AskedPoll(msgspec.Struct):
    poll_id: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


@router.post("/internal/resolve")
async def find(request: Request, res: Res) -> Response:
    """404 for whatever cannot be shown, also when the other server does not answer in time."""
    asked = _asked_in(await request.body())
    if res.cache.holds(f"absent {asked.resource}"):
        raise NotFound
    resolved = await _resolve_in_time(res, asked)
    async with res.db.transaction() as tx:
        arrival = Arrival(addresses=res.addresses, at=dt.datetime.now(dt.UTC))
        await store.lock(tx, resolved.found.names)
        for status in await keep(tx, arrival, resolved.found):
            if status.in_reply_to_uri and status.in_reply_to_id is None:
                tx.enqueue(FetchStatus(uri=status.in_reply_to_uri, asked_at=arrival.at))
        learn_replies(tx, resolved.found.notes, arrival.at, room=res.settings.thread_depth)
        for person in resolved.found.actors:
            tx.enqueue(CountActor(uri=Uri(person.actor.id)))
    return Json({"kind": resolved.kind, "id": str(await _id_of(res, resolved))})


@router.post("/internal/polls")
async def refresh_poll(request: Request, res: Res) -> Response:
    """Learn a poll's numbers from its own server, unless that was done a short while ago."""
    found = await fetch_poll(res, _poll_in(await request.body()))
    if found is None:
        return Json({"refreshed": False})
    status, note = found
    async with res.db.transaction() as tx:
        await store.lock(tx, {status.uri})
        await poll.refresh(tx, Arrival(addresses=res.addresses, at=dt.datetime.now(dt.UTC)), status, note)
    return Json({"refreshed": True})


def _poll_in(body: bytes) -> PollId:
    try:
        return PollId(msgspec.json.decode(body, type=AskedPoll).poll_id)
    except msgspec.DecodeError as problem:
        raise Invalid('Send {"poll_id": …}') from problem


def _asked_in(body: bytes) -> Asked:
    try:
        asked = msgspec.json.decode(body, type=Asked)
        return Asked(asked.resource[:LONGEST], asked.fresh)
    except msgspec.DecodeError as problem:
        raise Invalid('Send {"resource": …}') from problem


async def _resolve_in_time(res: Resources, asked: Asked) -> Resolved:
    resource = asked.resource
    try:
        async with asyncio.timeout(res.settings.resolve_seconds):
            resolved = await resolve(res, resource)
            if asked.fresh and resolved.kind == "account" and not resolved.found.actors:
                found = await gather_actor(res, resolved.uri)
                resolved = msgspec.structs.replace(resolved, found=found)
    except NotFound:
        res.cache.put(f"absent {resource}", value=True, seconds=ABSENT_SECONDS)
        RESOLVED.labels("absent").inc()
        raise
    except (Unreachable, TimeoutError) as problem:
        res.cache.put(f"absent {resource}", value=True, seconds=AWAY_SECONDS)
        RESOLVED.labels("away").inc()
        raise NotFound from problem
    RESOLVED.labels("fetched" if resolved.found.names else "known").inc()
    return resolved


async def _id_of(res: Resources, resolved: Resolved) -> int:
    if resolved.kind == "account":
        account = await accounts.by_uri(res.db, resolved.uri)
        if account is not None:
            return account.id
    elif status := await reading.by_uri(res.db, resolved.uri):
        return status.id
    raise NotFound
