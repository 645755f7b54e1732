"""What our people do to others, one by one: favourites, follows, blocks, reports, their own profile."""

import datetime as dt
from collections.abc import Sequence

from apcore.activities import Activity
from chassis.db import Tx
from contracts.events import AccountMoved, BlockCreated, BlockRemoved, FollowAccepted, FollowRemoved, FollowRequested
from contracts.ids import AccountId, Domain, Uri
from delivery.model import Recipient
from delivery.planning import Plan
from delivery.resources import Resources
from delivery.store import acts, recipients
from social.accounts import store as accounts
from social.accounts.model import INSTANCE_ACTOR, Account
from social.emojis import store as emojis
from social.federation import actor, block, flag, follow, like, move, undo
from social.moves import store as moves
from social.relationships.store import follow_between
from social.reports.model import Report
from social.statuses import reading
from social.statuses.model import Status

ANSWERED_AGAIN_AFTER = dt.timedelta(minutes=10)
"""A Follow that is repeated is answered again, for its sender may have lost the answer; a repeated event is not."""


def to(account: Account) -> list[Recipient]:
    """The inbox for what concerns one account alone; none, when it is ours."""
    return [] if account.domain is None else [Recipient(account.inbox_url, account.domain)]


async def favourite(tx: Tx, account_id: AccountId, status: Status) -> Plan | None:
    """To the author alone."""
    liker, author = await _both(tx, account_id, status.account_id)
    uri = await acts.favourite_of(tx, account_id, status.id)
    if liker is None or author is None or uri is None:
        return None
    return Plan(activity=like.render(uri, liker.uri, status.uri), sender=liker.id, recipients=to(author), about=uri)


async def unfavourite(tx: Tx, account_id: AccountId, status: Status, uri: Uri) -> Plan | None:
    liker, author = await _both(tx, account_id, status.account_id)
    if liker is None or author is None:
        return None
    activity = undo.render(like.render(uri, liker.uri, status.uri))
    return Plan(activity=activity, sender=liker.id, recipients=to(author))


async def request(tx: Tx, event: FollowRequested) -> Plan | None:
    """Our account asks one elsewhere."""
    follower, target = await _both(tx, event.account_id, event.target_id)
    if follower is None or target is None or not follower.is_local:
        return None
    activity = follow.render(event.uri, follower.uri, target.uri)
    # One that stands is asked for again where the other server has forgotten it.
    stands = await follow_between(tx, follower.id, target.id) is not None
    again = ANSWERED_AGAIN_AFTER if stands else None
    return Plan(activity=activity, sender=follower.id, recipients=to(target), about=event.uri, again_after=again)


async def acceptance(tx: Tx, event: FollowAccepted) -> Plan | None:
    """Our account agrees to a follower elsewhere."""
    follower, target = await _both(tx, event.account_id, event.target_id)
    if follower is None or target is None or not target.is_local:
        return None
    activity = follow.render_accept(follow.render(event.uri, follower.uri, target.uri))
    return _answer(activity, target, follower)


async def removal(tx: Tx, event: FollowRemoved) -> Plan | None:
    """Our follower left one elsewhere, or our account refuses or removes a follower elsewhere."""
    follower, target = await _both(tx, event.account_id, event.target_id)
    if follower is None or target is None:
        return None
    said = follow.render(event.uri, follower.uri, target.uri)
    if event.by_target and target.is_local:
        return _answer(follow.render_reject(said), target, follower)
    if not event.by_target and follower.is_local:
        return Plan(activity=undo.render(said), sender=follower.id, recipients=to(target))
    return None


def _answer(activity: Activity, target: Account, follower: Account) -> Plan:
    return Plan(activity=activity, sender=target.id, recipients=to(follower), again_after=ANSWERED_AGAIN_AFTER)


async def blocking(tx: Tx, event: BlockCreated | BlockRemoved) -> Plan | None:
    """The blocked learn it, so that their server stops showing them what they may not see."""
    blocker, target = await _both(tx, event.account_id, event.target_id)
    if blocker is None or target is None or not blocker.is_local:
        return None
    said = block.render(event.uri, blocker.uri, target.uri)
    if isinstance(event, BlockCreated):
        return Plan(activity=said, sender=blocker.id, recipients=to(target), about=event.uri)
    return Plan(activity=undo.render(said), sender=blocker.id, recipients=to(target))


async def profile(tx: Tx, res: Resources, account_id: AccountId) -> Plan | None:
    """The account as it is now, to everybody who knows it."""
    account = await accounts.by_id(tx, account_id)
    if account is None or not account.is_local:
        return None
    successor = await accounts.by_id(tx, account.moved_to_id) if account.moved_to_id else None
    pictures = await emojis.many(tx, account.emoji_ids)
    shown = actor.render(
        res.addresses,
        account,
        emojis=list(pictures.values()),
        moved_to=successor.uri if successor else None,
    )
    return Plan(
        activity=actor.render_update(account, shown),
        sender=account.id,
        recipients=await recipients.acquaintances_of(tx, account.id),
        again_after=ANSWERED_AGAIN_AFTER,
    )


async def moving(tx: Tx, event: AccountMoved) -> Plan | None:
    """To the servers of followers, who follow along, and of those who block the account, who block along."""
    account, target = await _both(tx, event.account_id, event.target_id)
    at = await moves.moved_at(tx, event.account_id)
    if account is None or target is None or at is None or not account.is_local or account.moved_to_id != target.id:
        return None
    return Plan(
        activity=move.render(account.uri, target.uri, at),
        sender=account.id,
        recipients=await recipients.concerned_by_move_of(tx, account.id),
        happened_at=at,
    )


async def farewell(tx: Tx, account_id: AccountId, uri: Uri) -> Plan:
    """To everybody: who has what of a deleted account, nobody can say."""
    return Plan(activity=actor.render_delete(uri), sender=account_id, recipients=await recipients.everybody(tx))


async def report(tx: Tx, res: Resources, filed: Report, chosen: Sequence[Domain]) -> Plan | None:
    """In our server's own name, to the server of the reported, or to those chosen of it and of whom they answered."""
    target = await accounts.by_id(tx, filed.target_id)
    if target is None:
        return None
    statuses = await reading.many(tx, filed.status_ids)
    answered = [i for status in statuses.values() if (i := status.in_reply_to_account_id) is not None]
    concerned = [target, *(await accounts.many(tx, answered)).values()]
    told = [account for account in concerned if account.domain in (chosen or (target.domain,))]
    objects = (target.uri, *(status.uri for status in statuses.values()))
    activity = flag.render(res.addresses.report(filed.id), res.addresses.instance_actor, objects, filed.comment)
    return Plan(
        activity=activity,
        sender=INSTANCE_ACTOR,
        recipients=[recipient for account in told for recipient in to(account)],
        happened_at=filed.created_at,
    )


async def _both(tx: Tx, one: AccountId, other: AccountId) -> tuple[Account | None, Account | None]:
    found = await accounts.many(tx, [one, other])
    return found.get(one), found.get(other)
