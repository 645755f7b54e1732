"""What follows when a server is suspended."""

from chassis.db import Tx
from moderation import store
from moderation.jobs import CutFollows
from moderation.resources import Resources
from moderation.store import Tie
from social.accounts import store as accounts
from social.policies import store as policies
from social.policies.model import Policies
from social.relationships import actions

AT_ONCE = 100


async def on_cut_follows(res: Resources, job: CutFollows) -> None:
    """End the follows, some at a time. A second run finds none; a policy taken back meanwhile ends nothing."""
    after = 0
    while True:
        async with res.db.transaction() as tx:
            known = await policies.everything(tx, is_limited=res.settings.limited_federation)
            ties = await store.ties_with(tx, job.domain, after=after, limit=AT_ONCE)
            await _cut(tx, known, ties)
        if len(ties) < AT_ONCE:
            return
        after = ties[-1].id


async def _cut(tx: Tx, known: Policies, ties: list[Tie]) -> None:
    people = await accounts.many(tx, sorted({i for tie in ties for i in (tie.account_id, tie.target_id)}))
    for tie in ties:
        follower, followed = people[tie.account_id], people[tie.target_id]
        # A subdomain may have a milder policy of its own.
        if not known.is_suspended(follower.domain or followed.domain):
            continue
        if follower.is_local:
            await actions.unfollow(tx, follower, followed)
        else:
            await actions.reject(tx, follower, followed)
