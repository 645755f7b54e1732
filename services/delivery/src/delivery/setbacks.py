"""What follows when a delivery did not arrive: how its host fares from now on, and what waits for what. Pure."""

import datetime as dt

import msgspec

from delivery import rules
from delivery.jobs import Deliver
from delivery.model import Challenged, Failed, Health, Host, Postponed, State, Wait, host_of
from delivery.rules import Rules


class Setback(msgspec.Struct, frozen=True):
    """A delivery that is to be tried again."""

    job: Deliver
    outcome: Challenged | Postponed | Failed

    @property
    def host(self) -> Host:
        return host_of(self.job.inbox_url)


def waiting(job: Deliver, due_at: dt.datetime | None = None, **changes: object) -> Wait:
    fields: dict[str, object] = {
        "body_id": job.body_id,
        "inbox_url": job.inbox_url,
        "host": host_of(job.inbox_url),
        "attempts": job.attempts,
        "challenged": job.challenged,
        "due_at": due_at,
    }
    return msgspec.convert(fields | changes, Wait)


def follow(setback: Setback, health: Health, now: dt.datetime, patience: Rules, chance: float) -> tuple[Health, Wait]:
    job = setback.job
    match setback.outcome:
        case Challenged():
            # The peer may not have been able to fetch our key. It answered, so nothing is wrong with it.
            return health, waiting(job, now + patience.challenge, challenged=True)
        case Postponed(wait=wait):
            return rules.after_postponement(health, now, wait), waiting(job)
        case Failed():
            attempts = job.attempts + 1
            after = rules.after_failure(health, now, patience, attempts=attempts, chance=chance)
            # A host that is given up is probed with what is oldest; until then each delivery has its own next try.
            due_at = now + rules.retry_wait(patience, attempts, chance) if after.state is State.FAST else None
            return after, waiting(job, due_at, attempts=attempts)
