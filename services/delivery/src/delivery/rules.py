"""What an answer means, when to try again, and when to stop asking a host: pure rules."""

import datetime as dt
from typing import Final

import msgspec

from delivery.model import Challenged, Delivered, Failed, Health, Outcome, Postponed, Refused, State

SHORTEST_WAIT: Final = dt.timedelta(seconds=1)
LONGEST_WAIT: Final = dt.timedelta(hours=24)
WAIT_UNSAID: Final = dt.timedelta(minutes=1)
# What proxies say when nobody is behind them; 520 to 530 are Cloudflare's.
NOBODY_THERE: Final = frozenset({502, 503, 504, *range(520, 531)})


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How patient we are."""

    retries: tuple[dt.timedelta, ...] = (dt.timedelta(seconds=5), dt.timedelta(seconds=25), dt.timedelta(seconds=90))
    """The waits before the second, third, … try of a delivery, while its host is not given up."""
    failures: int = 5
    """This many failures in a row, over at least `failing_for`, and the host is given up."""
    failing_for: dt.timedelta = dt.timedelta(seconds=10)
    first_probe: dt.timedelta = dt.timedelta(seconds=30)
    longest_probe: dt.timedelta = dt.timedelta(hours=12)
    challenge: dt.timedelta = dt.timedelta(seconds=30)
    """The wait before the one repetition of a delivery whose signature was not believed."""


def meaning_of(status: int, retry_after: dt.timedelta | None) -> Outcome:
    """What the peer's answer means."""
    if 200 <= status < 300:
        return Delivered(status)
    if status == 401:
        return Challenged()
    if status == 429 or (status == 503 and retry_after is not None):
        return Postponed(clamped(retry_after if retry_after is not None else WAIT_UNSAID))
    if is_final(status):
        return Refused(str(status))
    return Failed(str(status), answered=status not in NOBODY_THERE)


def is_final(status: int) -> bool:
    """Whether asking again is no use."""
    return status == 501 or (400 <= status < 500 and status != 408)


def clamped(wait: dt.timedelta) -> dt.timedelta:
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def jittered(wait: dt.timedelta, chance: float) -> dt.timedelta:
    """A quarter more or less, so that what failed together does not come back together."""
    return wait * (0.75 + 0.5 * chance)


def retry_wait(rules: Rules, attempts: int, chance: float) -> dt.timedelta:
    """The wait after so many tries: the quick ones first, then ever longer."""
    if attempts <= len(rules.retries):
        return jittered(rules.retries[attempts - 1], chance)
    return probe_wait(rules, attempts - len(rules.retries), chance)


def probe_wait(rules: Rules, probes: int, chance: float) -> dt.timedelta:
    """The wait before probing again after so many probes failed, the opening counted as the first."""
    doublings = min(probes - 1, 32)
    return jittered(min(rules.first_probe * 2**doublings, rules.longest_probe), chance)


def after_answer(health: Health, now: dt.datetime) -> Health:
    """The host answered something. If deliveries are held for it, they go out in order before new ones."""
    state = State.FAST if health.state is State.FAST else State.SLOW
    return Health(state=state, next_visit_at=None if state is State.FAST else now)


def after_failure(health: Health, now: dt.datetime, rules: Rules, *, attempts: int, chance: float) -> Health:
    """A delivery failed for now, for the `attempts`-th time."""
    if health.state is not State.FAST:
        return health  # It was on its way when the host was given up; the visits decide.
    failing = msgspec.structs.replace(health, failures=health.failures + 1, failing_since=health.failing_since or now)
    assert failing.failing_since is not None
    many = failing.failures >= rules.failures and now - failing.failing_since >= rules.failing_for
    # Where others got through meanwhile, it is this delivery that the host cannot take.
    alone = attempts > len(rules.retries) and failing.failures > len(rules.retries)
    return opened(failing, now, rules, chance) if many or alone else failing


def after_failed_visit(health: Health, now: dt.datetime, rules: Rules, *, chance: float) -> Health:
    failing = msgspec.structs.replace(health, failures=health.failures + 1, failing_since=health.failing_since or now)
    return opened(failing, now, rules, chance)


def opened(health: Health, now: dt.datetime, rules: Rules, chance: float) -> Health:
    probes = health.probes + 1
    return msgspec.structs.replace(
        health,
        state=State.OPEN,
        opened_at=health.opened_at or now,
        probes=probes,
        next_visit_at=now + probe_wait(rules, probes, chance),
    )


def after_postponement(health: Health, now: dt.datetime, wait: dt.timedelta) -> Health:
    """It asked us to wait, which is no failure."""
    return msgspec.structs.replace(health, state=State.WAITING, next_visit_at=now + wait)


def slowed(health: Health, now: dt.datetime) -> Health:
    """It answers too slowly for what there is to deliver."""
    if health.state is not State.FAST:
        return health
    return msgspec.structs.replace(health, state=State.SLOW, next_visit_at=now)
