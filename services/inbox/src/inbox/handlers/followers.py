"""Other servers say who of our people follows theirs: where that differs from what is known here, it is put right."""

import datetime as dt

from apcore import jsonld
from apcore.synchronization import digest_of
from contracts.ids import Uri
from inbox.fetching.followers import fetch_followers
from inbox.jobs import Received, SynchronizeFollowers
from inbox.metrics import FOLLOWERS
from inbox.resources import Resources
from inbox.store import claim
from social.accounts import store as accounts
from social.federation import store
from social.federation.followers import receive_list

NOT_AGAIN_FOR = dt.timedelta(minutes=5)


async def compare(res: Resources, job: Received) -> None:
    """Hold what came with an activity against what is known; find out later why it differs."""
    said = job.followers
    if said is None or not res.settings.synchronize_followers:
        return
    account = await accounts.by_uri(res.db, Uri(str(job.document.get("actor"))))
    if account is None or said.collection != account.followers_url or not jsonld.same_host(said.url, account.uri):
        return
    if digest_of(await store.local_followers_of(res.db, account.id)) == said.digest:
        FOLLOWERS.labels("agreed").inc()
        return
    now = dt.datetime.now(dt.UTC)
    async with res.db.transaction() as tx:
        if await claim(tx, f"followers {account.uri}", now=now, until=now + NOT_AGAIN_FOR):
            tx.enqueue(SynchronizeFollowers(uri=account.uri, claim=said))


async def on_synchronize(res: Resources, job: SynchronizeFollowers) -> None:
    account = await accounts.by_uri(res.db, job.uri)
    if account is None or account.is_local or res.policies.value.hides(account):
        return
    listed = await fetch_followers(res, account, job.claim.url)
    if listed is None:
        FOLLOWERS.labels("unreadable").inc()
        return
    is_whole = digest_of(listed) == job.claim.digest
    async with res.db.transaction() as tx:
        await store.lock(tx, {job.uri})
        ended, undone = await receive_list(tx, account, listed, is_whole=is_whole, now=dt.datetime.now(dt.UTC))
    FOLLOWERS.labels("ended").inc(ended)
    FOLLOWERS.labels("undone").inc(undone)
    FOLLOWERS.labels("synchronized" if is_whole else "unfounded").inc()
