"""Undo: of a Follow, Like, EmojiReact, Announce, Block or Accept. What is not known yet is remembered."""

from apcore import activities
from apcore.activities import Accept, Activity, Announce, Block, Follow, Like, Undo
from chassis.db import Tx
from contracts.ids import StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import like, store
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.federation.store import remember
from social.reactions import actions as reactions
from social.reactions import store as reacted
from social.relationships import actions as relationships
from social.relationships import store as relations
from social.statuses import actions, reading


async def receive(tx: Tx, arrival: Arrival, actor: Account, undo: Undo) -> Outcome:
    # Mastodon inlines what it undoes; Pleroma and others may send the id alone.
    inner = activities.inner(undo)
    if inner is None:
        return await _undo_by_id(tx, arrival, actor, Uri(undo.object))
    if inner.actor != actor.uri:
        return Outcome.NOT_OWNER
    if not isinstance(inner, Follow | Like | Announce | Block | Accept):
        return Outcome.UNSUPPORTED
    was_known = await _undo(tx, actor, inner)
    if inner.id:
        # A Follow under the same id is a new one when it comes later: see `remember`.
        until = arrival.at if was_known and isinstance(inner, Follow) else None
        await remember(tx, Uri(inner.id), actor.uri, until)
    return Outcome.DONE


async def _undo(tx: Tx, actor: Account, inner: Activity) -> bool:
    """Take it back; False if it had never come."""
    match inner:
        case Follow() | Block():
            target = await accounts.by_uri(tx, Uri(inner.object))
            return target is not None and await _part(tx, actor, target, inner)
        case Like() | Announce():
            status = await reading.by_uri(tx, Uri(inner.object))
            if status is None:
                return False
            if isinstance(inner, Like):
                await reactions.take_back(tx, actor, status, Uri(inner.id), like.reaction_in(inner))
            else:
                await actions.unreblog(tx, actor, status)
            return True
        case Accept():
            follow = await relations.follow_by_uri(tx, Uri(inner.object))
            follower = await accounts.by_id(tx, follow.account_id) if follow else None
            if follow is None or follower is None or follow.target_id != actor.id:
                return False
            await relationships.reject(tx, follower, actor)
            return True
        case _:
            return False


async def _part(tx: Tx, actor: Account, target: Account, inner: Follow | Block) -> bool:
    if isinstance(inner, Block):
        await relationships.unblock(tx, actor, target)
        return True
    known = await relations.follow_between(tx, actor.id, target.id) or await relations.request_between(
        tx, actor.id, target.id
    )
    await relationships.unfollow(tx, actor, target)
    return known is not None


async def _undo_by_id(tx: Tx, arrival: Arrival, actor: Account, uri: Uri) -> Outcome:
    """Find what the id names among the actor's own acts."""
    until = None
    if (boost := await reading.by_uri(tx, uri)) and boost.account_id == actor.id and boost.reblog_of_id:
        await actions.delete(tx, actor, boost)
    elif follow := await relations.follow_by_uri(tx, uri):
        target = await accounts.by_id(tx, follow.target_id)
        if target is None or follow.account_id != actor.id:
            return Outcome.NOT_OWNER
        await relationships.unfollow(tx, actor, target)
        until = arrival.at
    elif blocked := await store.blocked_under(tx, actor.id, uri):
        target = await accounts.by_id(tx, blocked)
        assert target is not None
        await relationships.unblock(tx, actor, target)
    elif liked := await _liked_under(tx, actor, uri):
        status = await reading.by_id(tx, liked)
        assert status is not None
        await reactions.take_back(tx, actor, status, uri)
    await remember(tx, uri, actor.uri, until)
    return Outcome.DONE


async def _liked_under(tx: Tx, actor: Account, uri: Uri) -> StatusId | None:
    """What a Like of that id, or a reaction, is upon."""
    return await store.favourited_under(tx, actor.id, uri) or await reacted.status_under(tx, actor.id, uri)


def render(undone: Follow | Like | Announce | Block) -> Undo:
    """Take back an act of ours, inlined, for those who do not know its id."""
    return Undo(
        id=f"{undone.id}/undo",
        actor=undone.actor,
        to=undone.to,
        cc=undone.cc,
        object=undone.id,
        embedded=activities.write(undone),
    )
