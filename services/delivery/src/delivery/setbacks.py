"""What follows when a delivery did not arrive: how its host fares from now on, and what waits for what. Pure."""

import datetime as dt

from msgspec.structs import replace

from delivery import rules
from delivery.model import Challenged, Failed, Health, Postponed, Setback, State, Wait
from delivery.rules import Rules


def follow(setback: Setback, health: Health, now: dt.datetime, patience: Rules, chance: float) -> tuple[Health, Wait]:
    delivery = setback.delivery
    match setback.outcome:
        case Challenged():
            # The peer may not have been able to fetch our key. It answered, so nothing is wrong with it.
            return health, replace(delivery, challenged=True, due_at=now + patience.challenge)
        case Postponed(wait=wait):
            return rules.after_postponement(health, now, wait), delivery
        case Failed():
            attempts = delivery.attempts + 1
            after = rules.after_failure(health, now, patience, attempts=attempts, chance=chance)
            # A host that is given up is probed with what is oldest; until then each delivery has its own next try.
            due_at = now + rules.retry_wait(patience, attempts, chance) if after.state is State.FAST else None
            return after, replace(delivery, attempts=attempts, due_at=due_at)
