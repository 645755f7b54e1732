"""Delete: of a post, or of its author with all posts."""

from apcore import jsonld
from apcore.activities import Delete
from chassis.db import Tx
from contracts.events import AccountDeleted
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import quote
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.statuses import actions, reading
from social.statuses import store as statuses


async def receive(tx: Tx, arrival: Arrival, actor: Account, delete: Delete) -> Outcome:
    """What is not known yet leaves a tombstone for its Create to meet."""
    if delete.object == actor.uri:
        return await _delete_account(tx, actor)
    if arrival.addresses.is_ours(delete.object) or not jsonld.same_host(delete.object, actor.uri):
        return Outcome.FOREIGN
    status = await reading.by_uri(tx, Uri(delete.object))
    if status is None:
        if await accounts.by_uri(tx, Uri(delete.object)) is not None:
            return Outcome.NOT_OWNER
        await statuses.add_tombstone(tx, Uri(delete.object), actor.uri)
        await quote.receive_revocation(tx, actor, Uri(delete.object))
        return Outcome.DONE
    if status.account_id != actor.id:
        return Outcome.NOT_OWNER
    await actions.delete(tx, actor, status)
    return Outcome.DONE


async def _delete_account(tx: Tx, actor: Account) -> Outcome:
    await statuses.add_tombstone(tx, actor.uri, actor.uri)
    if await accounts.delete_remote(tx, actor.id):
        tx.emit(AccountDeleted(account_id=actor.id, is_local=False, uri=actor.uri))
    return Outcome.DONE
