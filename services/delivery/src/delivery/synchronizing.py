"""What followers-only posts say of who follows at the host that they go to (FEP-8fcf)."""

from apcore import synchronization
from apcore.synchronization import MOST_FOLLOWERS, Claim, digest_of
from contracts.ids import AccountId
from delivery.model import Body, Followers, Host
from delivery.resources import Resources
from delivery.store import recipients
from social.accounts import store as accounts

TRUE_FOR_SECONDS = 10
NOBODY = digest_of([])


async def claim_for(res: Resources, body: Body, host: Host) -> dict[str, str]:
    """The header, or nothing."""
    if not (body.for_followers and res.settings.synchronize_followers):
        return {}
    moment = int(res.clock().timestamp()) // TRUE_FOR_SECONDS
    # Within such a moment one reading does for all hosts that a post goes to.
    found = await res.followers.get((body.sender_id, moment), lambda: _followers_of(res, body.sender_id))
    if found is None or found.collection is None:
        return {}
    claim = Claim(
        collection=found.collection,
        url=res.addresses.followers_synchronization(body.sender_id),
        digest=found.digests.get(host, NOBODY),
    )
    return {synchronization.HEADER: synchronization.write(claim)}


async def _followers_of(res: Resources, account_id: AccountId) -> Followers:
    account = await accounts.by_id(res.db, account_id)
    if account is None or await recipients.has_more_followers(res.db, account_id, MOST_FOLLOWERS):
        return Followers(collection=None, digests={})
    digests = await recipients.digests_of_followers(res.db, account_id)
    return Followers(collection=account.followers_url, digests=digests)
