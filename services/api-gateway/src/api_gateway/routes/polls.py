"""Polls: looking at one, and voting."""

import msgspec
from fastapi import APIRouter, Request
from prometheus_client import Counter

from api_gateway.resources import Res
from api_gateway.seeing import MayReadStatuses, WritesStatuses, poll_for, poll_open_to
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi.params import PathId, params
from mastoapi.present.polls import shown_poll
from mastoapi.viewer import id_of
from social.polls import actions
from social.polls.model import is_stale

router = APIRouter(prefix="/api/v1/polls", tags=["polls"])

VOTES = Counter("murmuration_poll_votes_total", "Votes of our people, by where the poll is", ["poll"])


class Choices(msgspec.Struct, frozen=True):
    choices: list[int] = []


@router.get("/{poll_id}")
async def one(poll_id: PathId, viewer: MayReadStatuses, res: Res) -> Json:
    poll = await poll_for(res.db, poll_id, id_of(viewer))
    if viewer is not None and is_stale(poll, utc_now()):
        await res.neighbours.refresh_poll(poll.id)
        poll = await poll_for(res.db, poll_id, viewer.id)
    return Json(await shown_poll(res.db, poll, id_of(viewer), res.urls))


@router.post("/{poll_id}/votes")
async def vote(poll_id: PathId, request: Request, viewer: WritesStatuses, res: Res) -> Json:
    asked = await params(request, Choices)
    async with res.db.transaction() as tx:
        poll = await poll_open_to(tx, poll_id, viewer.id)
        poll = await actions.vote(tx, viewer.account, poll, asked.choices, utc_now())
    VOTES.labels("ours" if poll.is_local else "elsewhere").inc()
    return Json(await shown_poll(res.db, poll, viewer.id, res.urls))
