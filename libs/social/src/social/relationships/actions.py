"""How people come together and part, whoever asks: a client of ours or another server."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Tx
from contracts.events import BlockCreated, BlockRemoved, FollowAccepted, FollowRemoved, FollowRequested, MuteCreated
from contracts.ids import Uri
from social.accounts.model import Account
from social.endorsements import store as endorsements
from social.errors import NotAllowed
from social.lists import actions as lists
from social.relationships import store
from social.relationships.model import Follow, How
from social.statuses.store import new_id


async def follow(
    tx: Tx,
    actor: Account,
    target: Account,
    *,
    now: dt.datetime,
    uri: Uri | None = None,
    reblogs: bool | None = None,
    notify: bool | None = None,
    languages: Sequence[str] | None = None,
    is_limited: bool = False,
) -> None:
    """Follow, or ask to. Following again changes what is given of how, and keeps the rest and what was agreed.

    A remote target has to agree, so has a locked one of ours, and any of ours towards a silenced follower or server.
    Raises NotAllowed when one blocks the other, when the target has moved away, or is the actor.
    """
    await _check(tx, actor, target)
    agreed = await store.follow_between(tx, actor.id, target.id)
    asked = None if agreed else await store.request_between(tx, actor.id, target.id)
    known = agreed or asked
    how = _how(known, reblogs=reblogs, notify=notify, languages=languages)
    # A remote follower may follow again under a new id; our own follow keeps the one the other side knows.
    uri = uri or (known.uri if known else Uri(f"{actor.uri}#follows/{await new_id(tx, now)}"))
    if agreed or not (is_limited or _must_ask(actor, target)):
        is_new = await store.set_follow(
            tx, actor.id, target.id, uri, show_reblogs=how.show_reblogs, notify=how.notify, languages=how.languages
        )
        # A repeated Follow from elsewhere is answered again: its sender may have missed our Accept.
        if is_new or not actor.is_local:
            tx.emit(FollowAccepted(account_id=actor.id, target_id=target.id, uri=uri))
        return
    if await store.set_request(
        tx, actor.id, target.id, uri, show_reblogs=how.show_reblogs, notify=how.notify, languages=how.languages
    ):
        tx.emit(FollowRequested(account_id=actor.id, target_id=target.id, uri=uri))


def _how(known: Follow | None, *, reblogs: bool | None, notify: bool | None, languages: Sequence[str] | None) -> How:
    """What is not given stays as it was, or is as in a new follow. No language at all means every one."""
    before = How(known.show_reblogs, known.notify, known.languages) if known else How()
    return How(
        show_reblogs=before.show_reblogs if reblogs is None else reblogs,
        notify=before.notify if notify is None else notify,
        languages=before.languages if languages is None else list(languages) or None,
    )


async def _check(tx: Tx, actor: Account, target: Account) -> None:
    if actor.id == target.id or target.moved_to_id is not None or target.suspended_at is not None:
        raise NotAllowed
    if await store.is_kept_apart(tx, actor.id, target.id):
        raise NotAllowed


def _must_ask(actor: Account, target: Account) -> bool:
    return not target.is_local or target.locked or actor.silenced_at is not None


async def accept(tx: Tx, follower: Account, target: Account) -> bool:
    """The target agrees to the request; False if there was none."""
    request = await store.take_request(tx, follower.id, target.id)
    if request is None:
        return False
    await store.set_follow(
        tx,
        follower.id,
        target.id,
        request.uri,
        show_reblogs=request.show_reblogs,
        notify=request.notify,
        languages=request.languages,
    )
    tx.emit(FollowAccepted(account_id=follower.id, target_id=target.id, uri=request.uri))
    return True


async def reject(tx: Tx, follower: Account, target: Account) -> None:
    """The target refuses the request, or takes back what it agreed to."""
    gone = await store.take_request(tx, follower.id, target.id) or await store.remove_follow(tx, follower.id, target.id)
    if gone is not None:
        await _forget(tx, follower, target)
        tx.emit(FollowRemoved(account_id=follower.id, target_id=target.id, uri=gone.uri, by_target=True))


async def unfollow(tx: Tx, actor: Account, target: Account) -> None:
    """The follower leaves, or no longer asks."""
    gone = await store.remove_follow(tx, actor.id, target.id) or await store.take_request(tx, actor.id, target.id)
    if gone is not None:
        await _forget(tx, actor, target)
        tx.emit(FollowRemoved(account_id=actor.id, target_id=target.id, uri=gone.uri))


async def _forget(tx: Tx, follower: Account, target: Account) -> None:
    """End what only a follower may have."""
    await lists.take_off_all(tx, follower.id, target.id)
    await endorsements.remove(tx, follower.id, target.id)


async def block(tx: Tx, actor: Account, target: Account, *, now: dt.datetime, uri: Uri | None = None) -> None:
    """Cut every tie in both directions and keep it cut."""
    if actor.id == target.id:
        raise NotAllowed
    uri = uri or Uri(f"{actor.uri}#blocks/{await new_id(tx, now)}")
    await unfollow(tx, actor, target)
    await reject(tx, target, actor)
    if await store.add_block(tx, actor.id, target.id, uri):
        tx.emit(BlockCreated(account_id=actor.id, target_id=target.id, uri=uri))


async def unblock(tx: Tx, actor: Account, target: Account) -> None:
    uri = await store.remove_block(tx, actor.id, target.id)
    if uri is not None:
        tx.emit(BlockRemoved(account_id=actor.id, target_id=target.id, uri=uri))


async def mute(
    tx: Tx, actor: Account, target: Account, *, hide_notifications: bool = True, expires_at: dt.datetime | None = None
) -> None:
    """Hide the target from the actor, who may go on following."""
    if actor.id == target.id:
        raise NotAllowed
    await store.set_mute(tx, actor.id, target.id, hide_notifications=hide_notifications, expires_at=expires_at)
    tx.emit(MuteCreated(account_id=actor.id, target_id=target.id))


async def unmute(tx: Tx, actor: Account, target: Account) -> None:
    await store.remove_mute(tx, actor.id, target.id)
