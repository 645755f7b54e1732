"""Moving: an account names a successor that agrees, and what people have with the one they get with the other."""

import datetime as dt

from chassis.db import Tx
from contracts.events import AccountMoved, AccountUpdated, ListMembersAdded
from contracts.ids import AccountId
from social.accounts import store as accounts
from social.accounts.model import Account
from social.errors import NotAllowed, ValidationFailed
from social.lists import store as lists
from social.moves import store
from social.relationships import actions as relationships
from social.relationships import store as relations
from social.relationships.model import Follow

MOST_ALIASES = 10
NOT_AGAIN_FOR = dt.timedelta(days=30)
"""How long one of ours stays where they moved to; as Mastodon."""

# Mastodon's words.
WITH_NOTES = "This user moved from {acct}, here were your previous notes about them:"
WITH_BLOCK = "This user moved from {acct}, which you had blocked."
WITH_MUTE = "This user moved from {acct}, which you had muted."


async def add_alias(tx: Tx, account: Account, other: Account) -> None:
    """Let the other account move here."""
    if other.id == account.id:
        raise ValidationFailed("An account cannot be an alias of itself")
    if other.uri in account.also_known_as:
        return
    if len(account.also_known_as) >= MOST_ALIASES:
        raise ValidationFailed(f"An account has at most {MOST_ALIASES} aliases")
    await store.set_aliases(tx, account.id, [*account.also_known_as, other.uri])
    tx.emit(AccountUpdated(account_id=account.id, is_local=True))


async def remove_alias(tx: Tx, account: Account, uri: str) -> bool:
    """False if it was none."""
    if uri not in account.also_known_as:
        return False
    await store.set_aliases(tx, account.id, [alias for alias in account.also_known_as if alias != uri])
    tx.emit(AccountUpdated(account_id=account.id, is_local=True))
    return True


async def move(tx: Tx, account: Account, target: Account, now: dt.datetime) -> None:
    """Send everybody who follows an account of ours to another one, which has to know it as an alias."""
    if target.id == account.id:
        raise ValidationFailed("An account cannot move to itself")
    if target.moved_to_id is not None or target.suspended_at is not None:
        raise ValidationFailed("The other account moved away or is suspended")
    if account.uri not in target.also_known_as:
        raise ValidationFailed("The other account does not name this one as an alias: add it there first")
    last = await store.moved_at(tx, account.id)
    if last is not None and now - last < NOT_AGAIN_FOR:
        raise ValidationFailed(f"The account moved a short while ago: it may again on {last + NOT_AGAIN_FOR:%Y-%m-%d}")
    await settle(tx, account, target, now)
    tx.emit(AccountUpdated(account_id=account.id, is_local=True))


async def settle(tx: Tx, account: Account, target: Account, at: dt.datetime) -> None:
    """Both sides agreed: write it down, and have everything that is to follow do so."""
    await store.set_moved(tx, account.id, target.id, at)
    tx.emit(AccountMoved(account_id=account.id, target_id=target.id))


async def carry_followers(tx: Tx, old: Account, new: Account, after: int, limit: int, now: dt.datetime) -> int | None:
    """Our people who follow the one follow the other instead; where to go on, None at the end."""
    follows = await store.local_followers_of(tx, old.id, after, limit)
    people = await accounts.many(tx, [follow.account_id for follow in follows])
    for follow in follows:
        await _refollow(tx, people[follow.account_id], old, new, follow, now)
    return follows[-1].id if len(follows) == limit else None


async def _refollow(tx: Tx, follower: Account, old: Account, new: Account, follow: Follow, now: dt.datetime) -> None:
    """In the same way, and on the same lists. Who may not follow the other keeps what they have."""
    if not await _follows_or_asked(tx, follower.id, new.id):
        try:
            await relationships.follow(
                tx,
                follower,
                new,
                now=now,
                reblogs=follow.show_reblogs,
                notify=follow.notify,
                languages=follow.languages,
            )
        except NotAllowed:
            return
    for each in await lists.with_member(tx, follower.id, old.id):
        if await lists.add_members(tx, each.id, [new.id]):
            tx.emit(ListMembersAdded(list_id=each.id, account_id=follower.id, members=(new.id,)))
    await relationships.unfollow(tx, follower, old)


async def carry_blocks(tx: Tx, old: Account, new: Account, after: int, limit: int, now: dt.datetime) -> int | None:
    """Who blocks the one blocks the other, unless they follow it."""
    blocks = await store.local_blockers_of(tx, old.id, after, limit)
    people = await accounts.many(tx, [account_id for _, account_id in blocks])
    for _, account_id in blocks:
        if account_id == new.id or await _knows(tx, account_id, new.id):
            continue
        await relationships.block(tx, people[account_id], new, now=now)
        await store.add_remark(tx, account_id, new.id, WITH_BLOCK.format(acct=old.acct))
    return blocks[-1][0] if len(blocks) == limit else None


async def carry_mutes(tx: Tx, old: Account, new: Account, after: int, limit: int) -> int | None:
    """Who mutes the one mutes the other, unless they follow it."""
    mutes = await store.muters_of(tx, old.id, after, limit)
    people = await accounts.many(tx, [mute.account_id for mute in mutes])
    for mute in mutes:
        if mute.account_id == new.id or await _knows(tx, mute.account_id, new.id):
            continue
        await relationships.mute(
            tx, people[mute.account_id], new, hide_notifications=mute.hide_notifications, expires_at=mute.expires_at
        )
        await store.add_remark(tx, mute.account_id, new.id, WITH_MUTE.format(acct=old.acct))
    return mutes[-1].id if len(mutes) == limit else None


async def carry_notes(tx: Tx, old: Account, new: Account) -> None:
    await store.carry_notes(tx, old.id, new.id, WITH_NOTES.format(acct=old.acct))


async def _follows_or_asked(tx: Tx, account_id: AccountId, target_id: AccountId) -> bool:
    follow = await relations.follow_between(tx, account_id, target_id)
    return follow is not None or await relations.request_between(tx, account_id, target_id) is not None


async def _knows(tx: Tx, account_id: AccountId, target_id: AccountId) -> bool:
    """Whether they decided about the other one themselves: they follow, block or mute it."""
    relation = (await relations.relations_of(tx, account_id, [target_id])).get(target_id)
    return relation is None or relation.following or relation.blocking or relation.muting
