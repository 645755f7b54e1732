"""What a visit to a host decided: which deliveries are done, which stay, how the host fares. Pure."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from delivery import rules
from delivery.model import Challenged, Delivered, Failed, Health, Held, Outcome, Postponed, Refused, State
from delivery.rules import Rules


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that stays held, and steps aside until `due_at`."""

    held: Held
    attempts: int
    challenged: bool
    due_at: dt.datetime


class Result(msgspec.Struct, frozen=True, kw_only=True):
    health: Health
    done: tuple[Held, ...]
    stay: tuple[Stay, ...]
    error: str | None


def judge(
    tried: Sequence[tuple[Held, Outcome]], health: Health, now: dt.datetime, patience: Rules, chance: float
) -> Result:
    """What follows from the answers to what was tried, in their order."""
    outcomes = [outcome for _, outcome in tried]
    lives = any(isinstance(outcome, Delivered | Refused | Challenged) for outcome in outcomes)
    return Result(
        health=_health_after(outcomes, health, now, patience, chance, lives=lives),
        done=tuple(held for held, outcome in tried if _is_done(held, outcome)),
        stay=tuple(
            stay for held, outcome in tried if (stay := _stay(held, outcome, now, patience, chance, lives=lives))
        ),
        error=next((outcome.reason for outcome in outcomes if isinstance(outcome, Failed)), None),
    )


def _health_after(
    outcomes: Sequence[Outcome], health: Health, now: dt.datetime, patience: Rules, chance: float, *, lives: bool
) -> Health:
    waits = [outcome.wait for outcome in outcomes if isinstance(outcome, Postponed)]
    if waits:
        answered = rules.after_answer(health, now) if lives else health
        return rules.after_postponement(answered, now, max(waits))
    if lives:
        return rules.after_answer(health, now)
    if outcomes:
        return rules.after_failed_visit(health, now, patience, chance=chance)
    return health


def _is_done(held: Held, outcome: Outcome) -> bool:
    return isinstance(outcome, Delivered | Refused) or (isinstance(outcome, Challenged) and held.challenged)


def _stay(
    held: Held, outcome: Outcome, now: dt.datetime, patience: Rules, chance: float, *, lives: bool
) -> Stay | None:
    """What changes for a delivery that stays.

    One that its host cannot take, while it takes others, must not stand in their way.
    """
    match outcome:
        case Challenged() if not held.challenged:
            return Stay(held=held, attempts=held.attempts, challenged=True, due_at=now + patience.challenge)
        case Failed(answered=True) if lives:
            attempts = held.attempts + 1
            due_at = now + rules.retry_wait(patience, attempts, chance)
            return Stay(held=held, attempts=attempts, challenged=held.challenged, due_at=due_at)
        case _:
            return None


def is_over(health: Health) -> bool:
    """Whether the visitor has to leave: the host must rest, or needs no visits."""
    return health.state is not State.SLOW
