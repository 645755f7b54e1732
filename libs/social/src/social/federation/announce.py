"""Announce: a boost."""

from apcore import activities
from apcore.activities import Announce, Create
from apcore.audience import Visibility, address, visibility_of
from apcore.jsonld import Json
from chassis.db import Reader, Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.addresses import Addresses
from social.errors import NotAllowed
from social.federation import keeping, store
from social.federation.arrival import Arrival, plausible
from social.federation.outcome import Outcome
from social.federation.store import is_undone
from social.interactions.actions import NotWanted
from social.relationships import store as relationships
from social.relays import store as relays
from social.statuses import actions, reading
from social.statuses.model import OPEN, PRIVATE, PUBLIC, Status


async def receive(tx: Tx, arrival: Arrival, actor: Account, announce: Announce) -> Outcome:
    """A boost by somebody whom people here follow, or of something written here."""
    uri = Uri(announce.id or f"{actor.uri}#announces/{announce.object}")
    if await is_undone(tx, uri, actor.uri, arrival.at) or await reading.is_tombstone(tx, uri, actor.uri):
        return Outcome.UNDONE
    original = await _original(tx, arrival, actor, announce)
    if original is None:
        return Outcome.UNKNOWN_OBJECT
    if await relays.is_accepted(tx, actor.uri):
        # A relay announces what others wrote: that is here by now, and nobody boosted it.
        return Outcome.DONE
    if refused := await _why_not(tx, actor, original):
        return refused
    return await _boost(tx, arrival, actor, announce, original, uri)


async def is_wanted(db: Reader, addresses: Addresses, actor: Account | None, announce: Announce) -> bool:
    """Whether it is worth fetching what is announced: asked before anything is."""
    if addresses.is_ours(announce.object):
        return True
    if actor is None:
        return False
    return await store.has_local_follower(db, actor.id) or await relays.is_accepted(db, actor.uri)


async def _why_not(tx: Tx, actor: Account, original: Status) -> Outcome | None:
    if not (original.is_local or await store.has_local_follower(tx, actor.id)):
        return Outcome.NO_INTEREST
    if await relationships.is_blocked(tx, original.account_id, actor.id):
        return Outcome.NOT_ALLOWED
    return Outcome.REPEATED if await reading.boost_of(tx, actor.id, original.id) else None


async def _boost(tx: Tx, arrival: Arrival, actor: Account, announce: Announce, original: Status, uri: Uri) -> Outcome:
    said = visibility_of(announce.to, announce.cc, actor.followers_url, ())
    visibility = {Visibility.PUBLIC: PUBLIC, Visibility.UNLISTED: "unlisted"}.get(said, PRIVATE)
    try:
        await actions.reblog(
            tx,
            arrival.addresses,
            actor,
            original,
            visibility if original.visibility in OPEN else PRIVATE,
            uri=uri,
            created_at=plausible(announce.published, arrival.at),
        )
    except (NotAllowed, NotWanted):
        return Outcome.NOT_ALLOWED
    return Outcome.DONE


async def _original(tx: Tx, arrival: Arrival, actor: Account, announce: Announce) -> Status | None:
    """The boosted post. A followers-only one of one's own cannot be fetched, so it is inlined."""
    known = await reading.by_uri(tx, boosted_by(announce))
    if known is not None or announce.embedded is None:
        return known
    return await keeping.keep_own(tx, arrival, actor, announce.embedded)


def boosted_by(announce: Announce) -> Uri:
    """The post. Groups of Lemmy and others announce the Create that they were sent rather than what it made."""
    created = activities.inner(announce)
    return Uri(created.object if isinstance(created, Create) and created.object else announce.object)


def render(booster: Account, boost: Status, original: Status, author: Uri, inlined: Json | None = None) -> Announce:
    """A boost of ours; `author` wrote the original, which is `inlined` when nobody could fetch it."""
    to, cc = address(Visibility(boost.visibility), booster.followers_url or booster.uri, (author,))
    return Announce(
        id=boost.uri,
        actor=booster.uri,
        published=boost.created_at,
        to=to,
        cc=cc,
        object=original.uri,
        embedded=inlined,
    )
