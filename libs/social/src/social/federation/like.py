"""Like: a favourite."""

from apcore.activities import Like
from chassis.db import Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.federation.store import is_undone
from social.relationships import store as relationships
from social.statuses import actions, reading
from social.statuses.model import OPEN


async def receive(tx: Tx, arrival: Arrival, actor: Account, like: Like) -> Outcome:
    """An emoji reaction arrives as a Like with content, and counts as one. Only our own posts are counted."""
    if not arrival.addresses.is_ours(like.object):
        return Outcome.NOT_OURS
    if like.id and await is_undone(tx, like.id, actor.uri, arrival.at):
        return Outcome.UNDONE
    status = await reading.by_uri(tx, Uri(like.object))
    if status is None:
        return Outcome.UNKNOWN_OBJECT
    visible = await reading.visible_to(tx, status.id, actor.id)
    if visible is None or await relationships.blocks_server_of(tx, status.account_id, actor.id):
        # A stranger learns nothing about a post that they cannot see.
        return Outcome.NOT_ALLOWED if status.visibility in OPEN else Outcome.UNKNOWN_OBJECT
    await actions.favourite(tx, actor, status, Uri(like.id) if like.id else None)
    return Outcome.DONE


def render(uri: Uri, actor: Uri, status: Uri) -> Like:
    return Like(id=uri, actor=actor, object=status)
