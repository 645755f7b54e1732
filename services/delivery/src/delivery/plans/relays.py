"""Relays: asked for posts, and left."""

from apcore.activities import Activity
from chassis.db import Tx
from contracts.events import RelayLeft
from contracts.ids import RelayId, Uri
from delivery.model import Recipient, host_of
from delivery.planning import Plan
from delivery.resources import Resources
from social.accounts.model import INSTANCE_ACTOR
from social.federation import relay as relaying
from social.federation import undo
from social.relays import store
from social.relays.model import PENDING


async def question(tx: Tx, res: Resources, relay_id: RelayId) -> Plan | None:
    relay = await store.by_id(tx, relay_id)
    if relay is None or relay.state != PENDING:
        return None
    follow = relaying.render_follow(relay, res.addresses)
    return _plan(follow, relay.inbox_url, about=relay.follow_uri)


def farewell(res: Resources, event: RelayLeft) -> Plan:
    follow = relaying.follow_of(event.follow_uri, event.follows, res.addresses)
    return _plan(undo.render(follow), event.inbox_url)


async def joined(tx: Tx) -> list[Recipient]:
    """Those that take what our people say to everybody."""
    return [_recipient(inbox) for inbox in await store.accepted_inboxes(tx)]


def _plan(activity: Activity, inbox: str, about: Uri | None = None) -> Plan:
    return Plan(activity=activity, sender=INSTANCE_ACTOR, recipients=[_recipient(inbox)], about=about)


def _recipient(inbox: str) -> Recipient:
    return Recipient(inbox, host_of(inbox))
