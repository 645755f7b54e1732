"""Flag: another server's moderators, or its people, report somebody here."""

from apcore.activities import Flag
from chassis.db import Tx
from contracts.ids import AccountId, StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import store
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.reports import actions

MAX_TARGETS = 10


async def receive(tx: Tx, arrival: Arrival, actor: Account, flag: Flag) -> Outcome:
    """One report for each of our accounts that is named or whose post is."""
    ours = [Uri(uri) for uri in flag.objects if arrival.addresses.is_ours(uri)]
    named = await accounts.many_by_uri(tx, ours)
    statuses = await store.statuses_by_uri(tx, ours)
    of_whom: dict[AccountId, list[StatusId]] = {account.id: [] for account in named.values() if account.is_local}
    for status in statuses.values():
        if status.is_local:
            of_whom.setdefault(status.account_id, []).append(status.id)
    if not of_whom:
        return Outcome.UNKNOWN_OBJECT
    targets = await accounts.many(tx, list(of_whom)[:MAX_TARGETS])
    # One that comes again by the same message must not be filed again.
    name = flag.id or f"{actor.uri}#flags/{int(arrival.at.timestamp() * 1000)}"
    for target in targets.values():
        uri = Uri(name if len(targets) == 1 else f"{name}#{target.id}")
        await actions.file(tx, actor, target, of_whom[target.id], comment=flag.content, uri=uri)
    return Outcome.DONE


def render(uri: Uri, instance: Uri, objects: tuple[Uri, ...], comment: str) -> Flag:
    """In the server's own name: the reported do not learn who reported them."""
    return Flag(id=uri, actor=instance, objects=objects, content=comment)
