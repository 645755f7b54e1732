"""Block: somebody elsewhere wants nothing to do with one of ours."""

from apcore.activities import Block
from chassis.db import Tx
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import INSTANCE_ACTOR, Account
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.federation.store import is_undone
from social.relationships import actions


async def receive(tx: Tx, arrival: Arrival, actor: Account, block: Block) -> Outcome:
    target = await accounts.by_uri(tx, Uri(block.object))
    if target is None or not target.is_local or target.id == INSTANCE_ACTOR:
        return Outcome.UNKNOWN_OBJECT
    if block.id and await is_undone(tx, block.id, actor.uri, arrival.at):
        return Outcome.UNDONE
    await actions.block(tx, actor, target, now=arrival.at, uri=Uri(block.id) if block.id else None)
    return Outcome.DONE


def render(uri: Uri, actor: Uri, target: Uri) -> Block:
    return Block(id=uri, actor=actor, object=target)
