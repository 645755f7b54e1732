"""Posts and boosts of our people, and who has a copy of them."""

from collections.abc import Mapping

import msgspec

from apcore import objects
from apcore.activities import Announce, Delete, Undo
from apcore.context import PUBLIC
from chassis.db import Tx
from contracts.events import StatusDeleted
from contracts.ids import StatusId, Uri
from delivery import audience, planning
from delivery.planning import Plan
from delivery.plans import relays
from delivery.resources import Resources
from delivery.store import bodies, recipients
from social.accounts.model import Account
from social.federation import announce, note, undo
from social.federation.note import Material
from social.statuses import model, reading
from social.statuses.model import OPEN, PRIVATE


def original_of(made: Material, found: Mapping[StatusId, Material]) -> Material | None:
    boosted = made.full.status.reblog_of_id
    return found.get(boosted) if boosted is not None else None


async def creation(tx: Tx, res: Resources, made: Material) -> Plan:
    status = made.full.status
    mentioned = [mention.account_id for mention in made.full.mentions]
    quoted = made.full.quote.quoted_account_id if made.full.quote else None
    people = await recipients.inboxes_of(tx, audience.of_post(made.author, status, mentioned, quoted))
    carriers = await relays.joined(tx) if status.visibility == model.PUBLIC and not made.author.silenced_at else []
    return Plan(
        activity=note.render_create(note.render(res.addresses, made)),
        sender=made.author.id,
        recipients=[*people, *carriers],
        about=status.uri,
        leaves_copies=True,
        for_followers=status.visibility == PRIVATE,
        happened_at=status.created_at,
    )


async def edit(tx: Tx, res: Resources, made: Material) -> Plan:
    """To whoever would get it now, and whoever has the former words."""
    plan = await creation(tx, res, made)
    return msgspec.structs.replace(
        plan,
        activity=note.render_update(note.render(res.addresses, made)),
        recipients=[*plan.recipients, *await bodies.reached_by(tx, made.full.status.uri)],
        happened_at=made.full.status.edited_at,
    )


async def boost(tx: Tx, res: Resources, made: Material, original: Material) -> Plan:
    status, boosted = made.full.status, original.full.status
    # Nobody could fetch a followers-only post, so it travels within the boost.
    inlined = None if boosted.visibility in OPEN else objects.write_note(note.render(res.addresses, original))
    return Plan(
        activity=announce.render(made.author, status, boosted, original.author.uri, inlined),
        sender=made.author.id,
        recipients=await recipients.inboxes_of(tx, audience.of_boost(made.author, status, boosted)),
        about=status.uri,
        leaves_copies=True,
        for_followers=status.visibility == PRIVATE,
        happened_at=status.created_at,
    )


async def deletion(tx: Tx, res: Resources, author: Account, event: StatusDeleted) -> Plan:
    """To whoever has a copy, and nobody else."""
    activity: Delete | Undo = note.render_delete(author.uri, event.uri, res.clock())
    if event.reblog_of_id is not None:
        original = await reading.by_id(tx, event.reblog_of_id)
        activity = _undone(event.uri, author.uri, original.uri if original else None)
    return Plan(activity=activity, sender=author.id, recipients=await bodies.reached_by(tx, event.uri))


def _undone(boost: Uri, booster: Uri, original: Uri | None) -> Undo:
    """The Undo of a boost, whether or not what was boosted still exists."""
    if original is None:
        return Undo(id=f"{boost}/undo", actor=booster, to=(PUBLIC,), object=boost)
    return undo.render(Announce(id=boost, actor=booster, to=(PUBLIC,), object=original))


async def remember_readers(tx: Tx, boosted: Material, plan: Plan) -> None:
    """Whoever gets a boost of our open post fetches it, so that its deletion concerns them too."""
    status = boosted.full.status
    if status.is_local and status.visibility in OPEN:
        await planning.remember(tx, status.uri, [recipient.inbox_url for recipient in plan.recipients])
