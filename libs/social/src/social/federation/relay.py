"""Relays: asked by a Follow of the server's own actor, they answer with Accept or Reject."""

from apcore import activities, jsonld
from apcore.activities import Accept, Follow, Reject
from chassis.db import Reader, Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.addresses import Addresses
from social.federation.outcome import Outcome
from social.relays import store
from social.relays.model import ACCEPTED, IDLE, REJECTED, Relay


async def receive_answer(tx: Tx, addresses: Addresses, actor: Account, answer: Accept | Reject) -> Outcome:
    """UNMATCHED for what answers no relay's Follow."""
    relay = await _asked(tx, addresses, actor, answer)
    if relay is None or relay.state == IDLE:
        return Outcome.UNMATCHED
    # Anybody could name the Follow; the relay is who lives where we asked.
    if not jsonld.same_host(actor.uri, relay.inbox_url) or relay.actor_uri not in (None, actor.uri):
        return Outcome.NOT_OWNER
    await store.set_answer(tx, relay.id, ACCEPTED if isinstance(answer, Accept) else REJECTED, actor.uri)
    return Outcome.DONE


async def follows_back(db: Reader, actor: Account) -> bool:
    """Whether this is a relay that we asked. Those after Pleroma's pattern follow whom they serve."""
    relay = await store.by_address(db, actor.uri)
    return relay is not None and relay.state != IDLE


def render_follow(relay: Relay, addresses: Addresses) -> Follow:
    return follow_of(relay.follow_uri, relay.follows, addresses)


def follow_of(uri: Uri, follows: Uri, addresses: Addresses) -> Follow:
    return Follow(id=uri, actor=addresses.instance_actor, object=follows)


async def _asked(tx: Tx, addresses: Addresses, actor: Account, answer: Accept | Reject) -> Relay | None:
    if answer.object and (relay := await store.by_follow(tx, Uri(answer.object))):
        return relay
    # Some relays answer a Follow under another id than ours.
    inner = activities.inner(answer)
    is_ours = isinstance(inner, Follow) and inner.actor == addresses.instance_actor
    return await store.by_address(tx, actor.uri) if is_ours else None
