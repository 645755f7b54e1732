"""Wanting nothing from a whole server."""

from chassis.clock import utc_now
from chassis.db import Tx
from contracts.events import FollowRemoved, RelationshipsSevered
from contracts.ids import AccountId, Domain, SeveranceId
from social.domain_blocks import store
from social.endorsements import store as endorsements
from social.lists import actions as lists
from social.statuses.store import new_id


async def block(tx: Tx, account_id: AccountId, domain: Domain) -> None:
    """Cut every tie with the server. Its people are not told that they are blocked, only that they do not follow."""
    if not await store.add(tx, account_id, domain):
        return
    before = await store.ties_with(tx, account_id, domain)
    if before.followers or before.following:
        tx.emit(
            RelationshipsSevered(
                severance_id=SeveranceId(await new_id(tx, utc_now())),
                account_id=account_id,
                kind="user_domain_block",
                target_name=domain,
                followers=before.followers,
                following=before.following,
            )
        )
    for tie in await store.cut_ties(tx, account_id, domain):
        is_theirs = tie.target_id == account_id
        if not is_theirs:
            await lists.take_off_all(tx, account_id, tie.target_id)
            await endorsements.remove(tx, account_id, tie.target_id)
        tx.emit(FollowRemoved(account_id=tie.account_id, target_id=tie.target_id, uri=tie.uri, by_target=is_theirs))


async def unblock(tx: Tx, account_id: AccountId, domain: Domain) -> None:
    """What was cut stays cut."""
    await store.remove(tx, account_id, domain)
