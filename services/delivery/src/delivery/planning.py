"""Planning: an activity is stored once, and a job made for each inbox, in one transaction."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec
import orjson

from apcore import activities
from apcore.activities import Activity
from chassis.db import Tx
from contracts.ids import AccountId, Uri
from delivery.jobs import Deliver
from delivery.metrics import PLANNED
from delivery.model import Recipient
from delivery.proving import proven
from delivery.resources import Resources
from delivery.store import bodies
from social.policies.model import Policies


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out, in whose name, to whom."""

    activity: Activity
    sender: AccountId
    recipients: Sequence[Recipient]
    about: Uri | None = None
    """What the activity makes, changes or ends: undoing that withdraws what has not gone out yet."""
    leaves_copies: bool = False
    """Whether its recipients keep a copy of what it is about, which only a deletion removes."""
    for_followers: bool = False
    """Whether the sender's followers alone may read it."""
    happened_at: dt.datetime | None = None
    again_after: dt.timedelta | None = None
    """When the same activity may go out once more; never unless given."""


async def carry_out(tx: Tx, res: Resources, plan: Plan) -> None:
    """Write body and jobs. An activity that was planned before is not planned again."""
    inboxes = allowed(plan.recipients, res.policies.value)
    if not inboxes:
        return
    now = res.clock()
    document = await proven(tx, res, plan.activity, activities.write(plan.activity), plan.sender)
    body_id = await bodies.add(
        tx,
        activity=Uri(plan.activity.id),
        about=plan.about,
        sender=plan.sender,
        content=orjson.dumps(document),
        happened_at=plan.happened_at or now,
        now=now,
        again_after=plan.again_after,
        for_followers=plan.for_followers,
    )
    if body_id is None:
        return
    if plan.about and plan.leaves_copies:
        await bodies.add_reached(tx, plan.about, await bodies.ensure_inboxes(tx, inboxes))
    for inbox in inboxes:
        tx.enqueue(Deliver(body_id=body_id, inbox_url=inbox))
    PLANNED.labels(type(plan.activity).__name__).inc(len(inboxes))


def allowed(recipients: Iterable[Recipient], policies: Policies) -> list[str]:
    """The inboxes, each once, without those of servers that get nothing from us."""
    return list(
        dict.fromkeys(recipient.inbox_url for recipient in recipients if not policies.is_suspended(recipient.domain))
    )


async def remember(tx: Tx, about: Uri, inboxes: Sequence[str]) -> None:
    """These hold a copy of the object, though we did not send it."""
    if inboxes:
        await bodies.add_reached(tx, about, await bodies.ensure_inboxes(tx, inboxes))
