"""Whom a server believes to be the followers of its own, held against who follows here (FEP-8fcf)."""

import datetime as dt
from collections.abc import Collection

from chassis.db import Tx
from contracts.events import FollowRemoved
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import store
from social.relationships import actions
from social.statuses.store import new_id

MOST_UNDONE = 200
"""Follows that nobody here knows, taken back at a time."""


async def receive_list(
    tx: Tx, target: Account, listed: Collection[Uri], *, is_whole: bool, now: dt.datetime
) -> tuple[int, int]:
    """How many follows ended here, and how many of them there are told to end.

    `listed` is who of ours follows the target, as its server has it. Only the whole list says who does not.
    """
    ours = await store.local_followers_of(tx, target.id)
    strays = [account_id for uri, account_id in ours.items() if is_whole and uri not in listed]
    for follower in (await accounts.many(tx, strays)).values():
        await actions.unfollow(tx, follower, target)
    unknown = [uri for uri in listed if uri not in ours][:MOST_UNDONE]
    undone = 0
    for follower in (await accounts.many_by_uri(tx, unknown)).values():
        # Who asked and is on the list was accepted: that answer did not reach us.
        if follower.is_local and not await actions.accept(tx, follower, target):
            uri = Uri(f"{follower.uri}#follows/{await new_id(tx, now)}")
            tx.emit(FollowRemoved(account_id=follower.id, target_id=target.id, uri=uri))
            undone += 1
    return len(strays), undone
