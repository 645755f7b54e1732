"""Follow, and the two answers to it."""

import hashlib

from apcore import activities
from apcore.activities import Accept, Follow, Reject
from apcore.jsonld import Json
from chassis.db import Tx
from contracts.events import FollowAccepted, FollowRemoved
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import INSTANCE_ACTOR, Account
from social.errors import NotAllowed
from social.federation import relay
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.federation.store import is_undone
from social.relationships import actions, store


async def receive(tx: Tx, arrival: Arrival, actor: Account, follow: Follow) -> Outcome:
    """Whoever may not follow is told so: the event makes delivery send a Reject."""
    target = await accounts.by_uri(tx, Uri(follow.object))
    if target is None or not target.is_local:
        return Outcome.UNKNOWN_OBJECT
    if follow.id and await is_undone(tx, follow.id, actor.uri, arrival.at):
        return Outcome.UNDONE
    uri = Uri(follow.id or f"{actor.uri}#follows/{target.id}")
    if target.id == INSTANCE_ACTOR and await relay.follows_back(tx, actor):
        tx.emit(FollowAccepted(account_id=actor.id, target_id=target.id, uri=uri))
        return Outcome.DONE
    if target.id == INSTANCE_ACTOR:
        return _refuse(tx, actor, target, uri)
    try:
        is_limited = arrival.policies.limits(actor)
        await actions.follow(tx, actor, target, now=arrival.at, uri=uri, is_limited=is_limited)
    except NotAllowed:
        return _refuse(tx, actor, target, uri)
    return Outcome.DONE


def _refuse(tx: Tx, actor: Account, target: Account, uri: Uri) -> Outcome:
    tx.emit(FollowRemoved(account_id=actor.id, target_id=target.id, uri=uri, by_target=True))
    return Outcome.NOT_ALLOWED


async def receive_accept(tx: Tx, actor: Account, accept: Accept) -> Outcome:
    follower = await _follower_of(tx, actor, accept)
    if follower is None or not await actions.accept(tx, follower, actor):
        return Outcome.UNMATCHED
    return Outcome.DONE


async def receive_reject(tx: Tx, actor: Account, reject: Reject) -> Outcome:
    """A request refused, or a follower of ours removed."""
    follower = await _follower_of(tx, actor, reject)
    if follower is None:
        return Outcome.UNMATCHED
    await actions.reject(tx, follower, actor)
    return Outcome.DONE


async def _follower_of(tx: Tx, target: Account, answer: Accept | Reject) -> Account | None:
    """Whose follow of the target is answered: known by its id, or by what is inlined."""
    # Lemmy and Mastodon inline the Follow; Pleroma sends its id.
    inner = activities.inner(answer)
    if answer.object and (known := await store.follow_by_uri(tx, Uri(answer.object))):
        if known.target_id != target.id:
            return None
        follower = await accounts.by_id(tx, known.account_id)
    elif isinstance(inner, Follow) and inner.object == target.uri:
        follower = await accounts.by_uri(tx, Uri(inner.actor))
    else:
        return None
    return follower if follower is not None and follower.is_local else None


def render(uri: Uri, actor: Uri, target: Uri) -> Follow:
    return Follow(id=uri, actor=actor, object=target)


def render_accept(follow: Follow) -> Accept:
    """The answer of the one who is followed."""
    return Accept(id=_answer("accepts", follow), actor=follow.object, object=follow.id, embedded=_inlined(follow))


def render_reject(follow: Follow) -> Reject:
    return Reject(id=_answer("rejects", follow), actor=follow.object, object=follow.id, embedded=_inlined(follow))


def _answer(kind: str, follow: Follow) -> str:
    # Made of the Follow's own id: another Follow gets another answer, the same one the same.
    return f"{follow.object}#{kind}/follows/{hashlib.sha256(follow.id.encode()).hexdigest()[:32]}"


def _inlined(follow: Follow) -> Json:
    return activities.write(follow)
