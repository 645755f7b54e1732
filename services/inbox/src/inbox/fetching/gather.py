"""Everything an activity needs, fetched before its transaction begins; and stored when it has begun."""

import asyncio
from collections.abc import Sequence

import msgspec

from apcore.objects import Note
from chassis.db import Tx
from chassis.errors import Problem
from contracts.ids import Uri
from inbox.fetching.actors import Unusable, introduce
from inbox.fetching.statuses import fetch_note
from inbox.jobs import FollowAnew, RefreshActor
from inbox.resources import Resources
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import actor as actors
from social.federation import keeping, store
from social.federation.actor import Introduced
from social.federation.arrival import Arrival
from social.federation.needs import Needs
from social.statuses.model import Status

AT_ONCE = 4
MENTIONED_SECONDS = 5.0
"""How long an activity waits for people whom it only mentions."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    actors: tuple[Introduced, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def names(self) -> set[str]:
        """What has to be locked before it is stored."""
        people = {introduced.actor.id for introduced in self.actors}
        return people | {uri for note in self.notes for uri in (note.id, note.in_reply_to) if uri}


async def gather(res: Resources, actor: Uri, known: Account | None, needs: Needs, *, renew: bool) -> Found:
    """Fetch what is missing. Raises when the actor, or what the activity is about, cannot be had now."""
    found = Found()
    if known is None or renew:
        found = Found(actors=(await introduce(res, actor, known),))
    mentioned = await _introduce_some(res, needs.actors)
    found = Found(actors=(*found.actors, *mentioned))
    if needs.successor is not None:
        found = _together(found, await gather_actor(res, needs.successor))
    missing = await store.statuses_by_uri(res.db, needs.statuses) if needs.statuses else {}
    for uri in needs.statuses:
        if uri not in missing:
            found = _together(found, await gather_status(res, uri))
    return found


async def gather_actor(res: Resources, uri: Uri) -> Found:
    """An account as it is now, known or not; nothing if there is none."""
    try:
        return Found(actors=(await introduce(res, uri, await accounts.by_uri(res.db, uri)),))
    except Unusable:
        return Found()


async def gather_status(res: Resources, uri: Uri) -> Found:
    """A post with its author; nothing if it will never be had."""
    try:
        return await gather_note(res, await fetch_note(res, uri))
    except Unusable:
        return Found()


async def gather_note(res: Resources, note: Note) -> Found:
    """A post that was fetched, with its author."""
    author = Uri(note.attributed_to)
    known = await accounts.by_uri(res.db, author)
    # Its handle may be of another server than the post.
    if known is not None and res.policies.value.hides(known):
        raise Unusable
    return Found(actors=() if known else (await introduce(res, author),), notes=(note,))


async def keep(tx: Tx, arrival: Arrival, found: Found) -> list[Status]:
    """Store what was fetched. Its names are to be locked."""
    for introduced in found.actors:
        person = await actors.keep(tx, arrival, introduced)
        for loser in person.losers:
            tx.enqueue(RefreshActor(uri=loser))
        if person.is_another:
            tx.enqueue(FollowAnew(uri=person.account.uri))
    kept = []
    for note in found.notes:
        author = await accounts.by_uri(tx, Uri(note.attributed_to))
        if author is not None and author.suspended_at is None:
            kept.append(await keeping.keep(tx, arrival, author, note))
    return [status for status in kept if status is not None]


async def _introduce_some(res: Resources, uris: Sequence[Uri]) -> list[Introduced]:
    """Those whom nobody here knows yet, as far as they can be had."""
    known = await accounts.many_by_uri(res.db, uris) if uris else {}
    places = asyncio.Semaphore(AT_ONCE)

    async def one(uri: Uri) -> Introduced | None:
        async with places:
            try:
                return await introduce(res, uri)
            except Problem:
                return None

    tasks = [asyncio.create_task(one(uri)) for uri in uris if uri not in known]
    if not tasks:
        return []
    done, late = await asyncio.wait(tasks, timeout=MENTIONED_SECONDS)
    for task in late:
        task.cancel()
    return [introduced for task in done if (introduced := task.result()) is not None]


def _together(one: Found, other: Found) -> Found:
    known = {introduced.actor.id for introduced in one.actors}
    added = (introduced for introduced in other.actors if introduced.actor.id not in known)
    return Found(actors=(*one.actors, *added), notes=(*one.notes, *other.notes))
