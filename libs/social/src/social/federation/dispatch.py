"""To each activity its verb."""

from typing import assert_never

from apcore import activities as ap
from apcore.actors import is_actor
from chassis.db import Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.federation import actor as actors
from social.federation import announce, block, delete, featured, flag, follow, like, move, note, quote, relay, undo
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.statuses import reading


async def receive(tx: Tx, arrival: Arrival, actor: Account, activity: ap.Activity) -> Outcome:  # noqa: C901, PLR0911, PLR0912  # one line a verb
    match activity:
        case ap.Create():
            return await _create(tx, arrival, actor, activity)
        case ap.Update():
            return await _update(tx, arrival, actor, activity)
        case ap.Delete():
            return await delete.receive(tx, arrival, actor, activity)
        case ap.Follow():
            return await follow.receive(tx, arrival, actor, activity)
        case ap.Accept() | ap.Reject():
            return await _answer(tx, arrival, actor, activity)
        case ap.Undo():
            return await undo.receive(tx, arrival, actor, activity)
        case ap.Like():
            return await like.receive(tx, arrival, actor, activity)
        case ap.Announce():
            return await announce.receive(tx, arrival, actor, activity)
        case ap.Block():
            return await block.receive(tx, arrival, actor, activity)
        case ap.Flag():
            return await flag.receive(tx, arrival, actor, activity)
        case ap.QuoteRequest():
            return await quote.receive_request(tx, arrival, actor, activity)
        case ap.Move():
            return await move.receive(tx, arrival, actor, activity)
        case ap.Add() | ap.Remove():
            return await featured.receive(tx, actor, activity)
        case ap.Unknown():
            return Outcome.UNSUPPORTED
        case _:
            assert_never(activity)


async def _answer(tx: Tx, arrival: Arrival, actor: Account, answer: ap.Accept | ap.Reject) -> Outcome:
    """To a Follow by one of our people, to one by our server, or to a wish to quote."""
    if isinstance(answer, ap.Accept):
        outcome = await follow.receive_accept(tx, actor, answer)
    else:
        outcome = await follow.receive_reject(tx, actor, answer)
    if outcome is Outcome.UNMATCHED:
        outcome = await relay.receive_answer(tx, arrival.addresses, actor, answer)
    if outcome is not Outcome.UNMATCHED:
        return outcome
    if isinstance(answer, ap.Accept):
        return await quote.receive_accept(tx, actor, answer)
    return await quote.receive_reject(tx, actor, answer)


async def _create(tx: Tx, arrival: Arrival, actor: Account, create: ap.Create) -> Outcome:
    if create.embedded is not None:
        return await note.receive_create(tx, arrival, actor, create)
    # Only its address was sent: it has been fetched and kept by now, if it could be.
    status = await reading.by_uri(tx, Uri(create.object))
    return Outcome.DONE if status and status.account_id == actor.id else Outcome.UNKNOWN_OBJECT


async def _update(tx: Tx, arrival: Arrival, actor: Account, update: ap.Update) -> Outcome:
    if update.object == actor.uri or (update.embedded is not None and is_actor(update.embedded)):
        return actors.receive_update(arrival, actor, update)
    return await note.receive_update(tx, arrival, actor, update)


def locks_of(activity: ap.Activity) -> set[str]:  # noqa: PLR0911  # one line a class
    """The names under which workers keep off each other: the object, or the act and its undoing."""
    match activity:
        case ap.Create() | ap.Update():
            # A reply and its parent, stored at the same time, would each miss the other.
            said = activity.note
            return {activity.object, (said.in_reply_to if said else None) or ""} - {""}
        case ap.Delete() | ap.Accept() | ap.Reject():
            return {activity.object} - {""}
        case ap.QuoteRequest():
            return {activity.instrument}
        case ap.Move():
            return {activity.actor}
        case ap.Add() | ap.Remove():
            return {activity.target, activity.object} - {""}
        case ap.Like() | ap.Announce() | ap.Follow() | ap.Block():
            return {activity.id, f"{activity.actor} {activity.object}"} - {""}
        case ap.Undo():
            inner = ap.inner(activity)
            within = locks_of(inner) if inner is not None and not isinstance(inner, ap.Undo) else set()
            return {activity.object} - {""} | within
        case _:
            return set()
