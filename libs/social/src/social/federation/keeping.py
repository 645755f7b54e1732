"""Storing posts that did not come as news: fetched, boosted by their own author, or inlined in a question."""

from apcore import jsonld, objects
from apcore.jsonld import Json, Malformed
from apcore.objects import Note
from chassis.db import Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.federation import poll, store
from social.federation.arrival import Arrival
from social.federation.draft import draft_of
from social.federation.outcome import Outcome
from social.federation.refresh import counted
from social.interactions.actions import NotWanted
from social.statuses import actions, model, reading
from social.statuses.model import Draft, Status

READ_BY_FOLLOWERS = (*model.OPEN, model.PRIVATE)


async def keep(tx: Tx, arrival: Arrival, author: Account, note: Note) -> Status | None:
    """Store a post that was fetched from its own server. Only what anybody may read is kept that way."""
    if known := await reading.by_uri(tx, Uri(note.id)):
        return known
    draft = await draft_of(tx, arrival, author, note)
    return await publish(tx, arrival, author, note, draft) if draft.visibility in model.OPEN else None


async def keep_own(tx: Tx, arrival: Arrival, actor: Account, document: Json) -> Status | None:
    """Store a followers-only post that its author boosts, and inlines because nobody could fetch it."""
    note = read_own(arrival, actor, document)
    if isinstance(note, Outcome) or poll.is_vote(arrival, note):
        return None
    draft = await draft_of(tx, arrival, actor, note)
    if draft.visibility not in READ_BY_FOLLOWERS or not await store.has_local_follower(tx, actor.id):
        return None
    return await publish(tx, arrival, actor, note, draft)


async def keep_asking(tx: Tx, arrival: Arrival, actor: Account, document: Json) -> Status | None:
    """Store a post that its author inlines to ask whether it may quote one of ours."""
    note = read_own(arrival, actor, document)
    if isinstance(note, Outcome) or note.quote is None:
        return None
    return await publish(tx, arrival, actor, note, await draft_of(tx, arrival, actor, note))


async def publish(tx: Tx, arrival: Arrival, author: Account, note: Note, draft: Draft) -> Status | None:
    """None if the author of what it answers does not want that."""
    try:
        status = await actions.post(tx, arrival.addresses, author, draft)
    except NotWanted:
        return None
    if status is not None:
        await counted(tx, status, note)
    return status


def read_own(arrival: Arrival, actor: Account, document: Json) -> Note | Outcome:
    """The post, if it is one, lies on its author's host, and the actor is its author."""
    if not objects.is_note(document):
        return Outcome.UNSUPPORTED
    try:
        note = objects.read_note(document, by=actor.uri)
    except Malformed:
        return Outcome.UNREADABLE
    return why_not(arrival, actor, note) or note


def why_not(arrival: Arrival, actor: Account, note: Note) -> Outcome | None:
    """Why the actor cannot say this."""
    if arrival.addresses.is_ours(note.id) or not jsonld.same_host(note.id, actor.uri):
        return Outcome.FOREIGN
    if note.attributed_to != actor.uri:
        return Outcome.NOT_OWNER
    return None
