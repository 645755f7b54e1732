"""What delivery would do with more servers, sick servers and more workers than a benchmark can start.

    .venv/bin/python bench/simulate.py        (make simulate)

First the case that was measured, so that one sees how far the simulation (bench/queueing.py) is to be believed; then
what nobody here could measure. Its costs are those of `make bench-delivery`, its network is made up and says how.
"""

import math
import random
import statistics
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from queueing import Clock, Costs, Host, Rules, Service

MICRO = 1e-6
COSTS = Costs(
    before=400 * MICRO,
    after=200 * MICRO,
    meeting=140 * MICRO,
    setback=400 * MICRO,
    settling=0.02,
    begin=0.045,
    turn=0.02,
)
"""2026-11-28, 2 shared vCPU (AMD EPYC). CPU as measured: 645 us a delivery of which a third go to hosts not met before,
1120 us where a quarter is sick. A begin is what the first arrival took; settling was
chosen among several for what the sick run then comes to; a turn is guessed at."""
AS_SET = Rules()
AS_MEASURED = Rules(stragglers=2000, standing=10_000, together=1)
"""What was set when it was measured."""


class Measured(msgspec.Struct, frozen=True):
    """A line of `make bench-delivery`, with its arguments."""

    name: str
    sick: bool
    posts: int
    a_second: float
    p50: float
    p99: float


MEASURED = (
    Measured("all well, 3 posts", False, 3, 1485, 0.78, 1.61),
    Measured("a quarter sick, 6 posts", True, 6, 809, 1.04, 2.52),
)


class Outcome(msgspec.Struct, frozen=True):
    """What a simulated run came to; times in seconds, to hosts that are well."""

    p50: float
    p99: float
    last: float
    a_second: float
    busy: float
    """The part of the workers' time that they computed, until the last healthy host had everything."""
    longest: int
    """The queue."""
    late: int
    """The most stragglers that a worker had."""


def at_once(_: random.Random) -> float:
    return 0.001


def far_away(chance: random.Random) -> float:
    """As the world answers, supposedly: half within 200 ms, one in a hundred after more than two seconds."""
    return chance.lognormvariate(math.log(0.2), 1)


def silent(seconds: float) -> Callable[[random.Random], float]:
    return lambda _: seconds


def servers(count: int, answer: Callable[[random.Random], float], *, sick: bool, hanging: float) -> list[Host]:
    """Of each twenty sick ones two are silent, two fail at once and one hangs up, as in bench/sink.py."""

    def one(number: int) -> Host:
        kind = number % 20 if sick else 20
        if kind < 2:
            return Host(silent(hanging), fails=True)
        return Host(answer, fails=kind < 5)

    return [one(number) for number in range(count)]


def one_after_the_other(hosts: Sequence[Host], posts: int, workers: int = 1, rules: Rules = AS_SET) -> Outcome:
    """Each post is begun when the last has arrived at all that are well, as bench/outbound.py does."""
    clock = Clock()
    service = Service(clock, rules, COSTS, workers, seed=7)
    healthy = sum(not host.fails for host in hosts)
    spans = []
    for number in range(posts):
        service.post(number, hosts)
        while len(service.arrivals) < healthy * (number + 1):
            clock.run(until=clock.now + 0.5)
        spans.append(max(wait for (post, _), wait in service.arrivals.items() if post == number))
    return _outcome(service, spans, healthy * posts)


def in_a_stream(hosts: Sequence[Host], a_minute: float, reach: int, workers: int, minutes: float = 2) -> Outcome:
    """Posts at random moments, each to as many hosts, also at random."""
    clock, chance = Clock(), random.Random(11)
    service = Service(clock, AS_SET, COSTS, workers, seed=7)
    at, number = 0.0, 0
    while (at := at + chance.expovariate(a_minute / 60)) < 60 * minutes:
        clock.at(at, partial(service.post, number, chance.sample(hosts, reach)))
        number += 1
    clock.run(until=60 * minutes)
    return _outcome(service, [60 * minutes], len(service.arrivals))


def _outcome(service: Service, spans: Sequence[float], delivered: int) -> Outcome:
    cuts = statistics.quantiles(service.arrivals.values(), n=100)
    busy = sum(worker.core.busy for worker in service.workers) / len(service.workers) / sum(spans)
    # Work that was asked for and is not done yet counts as well.
    busy = min(busy, 1.0)
    return Outcome(
        p50=cuts[49],
        p99=cuts[98],
        last=max(service.arrivals.values()),
        a_second=delivered / sum(spans),
        busy=busy,
        longest=service.longest,
        late=max(worker.most_stragglers for worker in service.workers),
    )


HEAD = f"{'':42}{'a second':>9}{'p50 s':>8}{'p99 s':>8}{'last s':>8}{'busy':>6}{'queue':>7}{'late':>7}"


def row(name: str, found: Outcome) -> str:
    return (
        f"{name:42}{found.a_second:9.0f}{found.p50:8.2f}{found.p99:8.2f}{found.last:8.1f}"
        f"{100 * found.busy:5.0f}%{found.longest:7}{found.late:7}"
    )


def compared() -> list[str]:
    """What was measured, and what the simulation makes of the same: 2000 hosts, one worker, post after post."""
    lines = [f"{'':42}{'a second':>9}{'p50 s':>8}{'p99 s':>8}"]
    for real in MEASURED:
        found = one_after_the_other(servers(2000, at_once, sick=real.sick, hanging=10), real.posts, rules=AS_MEASURED)
        lines.append(f"{real.name + ', measured':42}{real.a_second:9.0f}{real.p50:8.2f}{real.p99:8.2f}")
        lines.append(f"{'  simulated':42}{found.a_second:9.0f}{found.p50:8.2f}{found.p99:8.2f}")
    return lines


def one_post(*, sick: bool, workers: int, rules: Rules = AS_SET) -> Outcome:
    return one_after_the_other(servers(30_000, far_away, sick=sick, hanging=math.inf), 1, workers, rules)


def workers() -> list[str]:
    cases = [(sick, count) for sick in (False, True) for count in (1, 4, 16)]
    names = {False: "all well", True: "a quarter sick"}
    return [HEAD, *(row(f"{names[sick]}, workers: {n}", one_post(sick=sick, workers=n)) for sick, n in cases)]


def what_would_help() -> list[str]:
    lines = [HEAD]
    for name, sick, count, rules in (
        ("all well, 16 workers, 128 strands", False, 16, Rules(strands=128)),
        ("all well, 16 workers, 256 strands", False, 16, Rules(strands=256)),
        ("a quarter sick, 4 workers", True, 4, AS_SET),
        ("  retries one to a message, as before", True, 4, Rules(together=1)),
        ("  twice the places", True, 4, Rules(prefetch=24)),
        ("  and 128 strands", True, 4, Rules(prefetch=24, strands=128)),
        ("  all that, and 8000 stragglers", True, 4, Rules(prefetch=24, strands=128, stragglers=8000)),
    ):
        lines.append(row(name, one_post(sick=sick, workers=count, rules=rules)))
    return lines


def many_posts() -> list[str]:
    lines = [HEAD]
    for a_minute in (10, 30, 60):
        hosts = servers(30_000, far_away, sick=True, hanging=math.inf)
        lines.append(row(f"{a_minute} posts a minute, 4 workers", in_a_stream(hosts, a_minute, 3000, 4)))
    return lines


if __name__ == "__main__":
    for title, told in (
        ("measured and simulated", compared),
        ("one post to 30,000 hosts that are met for the first time", workers),
        ("the same, with other settings", what_would_help),
        ("posts at random moments to 3000 of 30,000 hosts each, a quarter sick, two minutes", many_posts),
    ):
        print(f"\n{title}\n" + "\n".join(told()), flush=True)
