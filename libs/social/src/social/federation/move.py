"""Move: an account names its successor, which has to know it in turn."""

import datetime as dt

from apcore.activities import Move
from chassis.db import Reader, Tx
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.moves import actions
from social.moves import store as moves

NOT_AGAIN_FOR = dt.timedelta(days=7)
"""Further Moves of one account are not acted upon for so long, as Mastodon has it."""


async def receive(tx: Tx, arrival: Arrival, actor: Account, move: Move) -> Outcome:
    """Only of oneself, and only to somebody whose document, read after this came, names the one that moves."""
    if move.object != actor.uri:
        return Outcome.NOT_OWNER
    target = await accounts.by_uri(tx, Uri(move.target)) if move.target else None
    if target is None or not _is_fresh(target, arrival):
        return Outcome.UNKNOWN_OBJECT
    if await is_resting(tx, actor, arrival.at):
        return Outcome.REPEATED if actor.moved_to_id == target.id else Outcome.NOT_ALLOWED
    if not _agrees(target, actor):
        return Outcome.NOT_ALLOWED
    await actions.settle(tx, actor, target, arrival.at)
    return Outcome.DONE


async def is_resting(db: Reader, actor: Account, at: dt.datetime) -> bool:
    """Whether it moved a short while ago. One that came before that, and is worked off late, counts no more."""
    last = await moves.moved_at(db, actor.id)
    return last is not None and at - last < NOT_AGAIN_FOR


def _is_fresh(target: Account, arrival: Arrival) -> bool:
    """An alias that was removed meanwhile counts no more."""
    return target.is_local or (target.fetched_at is not None and target.fetched_at >= arrival.at)


def _agrees(target: Account, actor: Account) -> bool:
    if target.id == actor.id or target.moved_to_id is not None or target.suspended_at is not None:
        return False
    return actor.uri in target.also_known_as


def render(account: Uri, target: Uri, moved_at: dt.datetime) -> Move:
    return Move(id=f"{account}#moves/{int(moved_at.timestamp())}", actor=account, object=account, target=target)
