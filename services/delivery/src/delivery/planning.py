"""Planning: an activity is stored once, and a job made for each inbox, in one transaction."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec
import orjson

from apcore import activities
from apcore.activities import Activity
from chassis.db import Tx
from contracts.ids import AccountId, Uri
from delivery.jobs import Deliver, Spread
from delivery.metrics import PLANNED
from delivery.model import BodyId, Recipient
from delivery.proving import proven
from delivery.resources import Resources
from delivery.store import bodies, strands
from social.policies.model import Policies

FEW: Final = 16
"""What goes to so many inboxes goes to each at once."""
SLICE: Final = 32
"""How many inboxes a strand of a large fan-out takes at a time."""


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


class Forward(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody elsewhere said, brought further as it came."""

    uri: Uri
    about: Uri
    content: bytes
    sender: AccountId
    """Who of ours brings it."""
    recipients: Sequence[Recipient]


async def carry_out(tx: Tx, res: Resources, plan: Plan) -> None:
    """Write body and jobs. An activity that was planned before is not planned again."""
    recipients = allowed(plan.recipients, res.policies.value)
    if not recipients:
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
        planned=len(recipients),
    )
    if body_id is None:
        return
    if plan.about and plan.leaves_copies:
        await remember(tx, plan.about, recipients)
    await _begin(tx, res, body_id, recipients, type(plan.activity).__name__)


async def pass_on(tx: Tx, res: Resources, forward: Forward) -> None:
    """Once, whoever sends it to us again. It is kept under a name of ours, so that nobody can take another's."""
    recipients = allowed(forward.recipients, res.policies.value)
    if not recipients:
        return
    now = res.clock()
    body_id = await bodies.add(
        tx,
        activity=Uri(f"{res.addresses.url}/#forwards/{forward.uri}"),
        about=forward.about,
        sender=forward.sender,
        content=forward.content,
        happened_at=now,
        now=now,
        again_after=None,
        planned=len(recipients),
    )
    if body_id is not None:
        await _begin(tx, res, body_id, recipients, "Forward")


async def _begin(tx: Tx, res: Resources, body_id: BodyId, recipients: Mapping[str, bool], kind: str) -> None:
    at_once, many = parted(recipients)
    for inbox in at_once:
        tx.enqueue(Deliver(body_id=body_id, inbox_url=inbox))
    if many:
        await _spread(tx, body_id, many, res.settings.delivery_strands)
    PLANNED.labels(kind).inc(len(recipients))


async def _spread(tx: Tx, body_id: BodyId, inboxes: Sequence[str], most: int) -> None:
    """Write the inboxes down, and begin each strand; the strands see to the rest."""
    begun = range(0, len(inboxes), SLICE)[:most]
    await strands.add(tx, body_id, await bodies.ensure_inboxes(tx, inboxes), begun, stride=SLICE * len(begun))
    for strand, position in enumerate(begun):
        tx.enqueue(Spread(body_id=body_id, strand=strand, position=position))


def allowed(recipients: Iterable[Recipient], policies: Policies) -> dict[str, bool]:
    """The inboxes without those of servers that get nothing from us, and whether somebody there is spoken to."""
    inboxes: dict[str, bool] = {}
    for recipient in recipients:
        if not policies.is_suspended(recipient.domain):
            inboxes[recipient.inbox_url] = recipient.named or inboxes.get(recipient.inbox_url, False)
    return inboxes


def parted(inboxes: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Who gets it at once, and who gets it in strands: what goes to a few does not wait behind what goes to many."""
    if len(inboxes) <= FEW:
        return list(inboxes), []
    at_once = dict.fromkeys([inbox for inbox, named in inboxes.items() if named][:FEW])
    return list(at_once), [inbox for inbox in inboxes if inbox not in at_once]


async def remember(tx: Tx, about: Uri, inboxes: Collection[str]) -> None:
    """These hold a copy of the object, though we did not send it."""
    if inboxes:
        await bodies.add_reached(tx, about, await bodies.ensure_inboxes(tx, inboxes))
