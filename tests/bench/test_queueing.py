"""The simulation of delivery: it loses nothing, agrees with theory, and keeps what delivery promises."""

import math
import random
import statistics

import pytest
from queueing import Clock, Core, Costs, Host, Rules, Service

from delivery import planning
from delivery.handlers import visits
from delivery.settings import Settings
from delivery.worker import SPREADS

COSTS = Costs(before=0.0004, after=0.0002, meeting=0, setback=0.0004, settling=0.01, begin=0.05, turn=0.02)


def soon(_: random.Random) -> float:
    return 0.01


def slowly(chance: random.Random) -> float:
    return chance.lognormvariate(math.log(0.2), 1)


def hosts(count: int, *, sick: int = 0, **how: object) -> list[Host]:
    ill = [Host(lambda _: math.inf, fails=True) for _ in range(sick)]
    return ill + [Host(**({"answers_after": soon} | how)) for _ in range(count - sick)]


AS_SET = Rules()


def a_service(rules: Rules = AS_SET, workers: int = 1) -> Service:
    return Service(Clock(), rules, COSTS, workers, seed=1)


def test_one_core_with_random_work_makes_others_wait_as_theory_says():
    clock, chance, waits = Clock(), random.Random(5), []
    core, rate, speed = Core(clock), 0.7, 1.0

    def come() -> None:
        came = clock.now
        core.compute(chance.expovariate(speed), lambda: waits.append(clock.now - came))
        if len(waits) < 100_000:
            clock.after(chance.expovariate(rate), come)

    clock.after(0, come)
    clock.run()
    assert statistics.fmean(waits) == pytest.approx(1 / (speed - rate), rel=0.05)


@pytest.mark.parametrize("workers", [1, 3])
def test_everything_arrives_once(workers: int):
    service = a_service(workers=workers)
    everybody = hosts(700, answers_after=slowly)
    for number in range(3):
        service.post(number, everybody)
    service.clock.run()
    assert (len(service.arrivals), service.again, service.held) == (2100, 0, [])


def test_what_does_not_arrive_is_held():
    service = a_service()
    everybody = hosts(500, sick=100)
    for number in range(3):
        service.post(number, everybody)
    service.clock.run()
    assert (len(service.arrivals), service.again) == (1200, 0)
    assert {(job.post, id(job.host)) for job in service.held} == {(n, id(h)) for n in range(3) for h in everybody[:100]}
    assert len(service.held) == 300


def test_no_host_gets_more_at_a_time_than_it_shall():
    service, most = a_service(Rules(per_host=2)), 0
    [host] = hosts(1)

    def answer(_: random.Random) -> float:
        nonlocal most
        most = max(most, host.under_way)
        return 1.0

    host.answers_after = answer
    for number in range(20):
        service.post(number, [host])
    service.clock.run()
    assert (len(service.arrivals), most) == (20, 2)


def test_what_goes_to_one_does_not_wait_behind_what_goes_to_many():
    service = a_service()
    service.post(0, hosts(5000))
    [friend] = hosts(1)
    service.clock.at(1, lambda: service.post(1, [friend]))
    service.clock.run()
    assert service.arrivals[1, id(friend)] < 0.5 < max(service.arrivals.values())


def test_authors_take_turns():
    service = a_service()
    for number in range(2):
        service.clock.at(number / 10, lambda number=number: service.post(number, hosts(5000)))
    service.clock.run()
    first, second = ([w for (post, _), w in service.arrivals.items() if post == number] for number in range(2))
    assert statistics.median(second) < max(first)


def test_slow_hosts_give_their_places_away():
    def last(patience: float) -> float:
        service = a_service(Rules(patience=patience))
        service.post(0, hosts(4000, answers_after=slowly))
        service.clock.run()
        return max(service.arrivals.values())

    assert last(0.3) < last(math.inf) / 1.5


def test_its_rules_are_those_of_delivery():
    settings = {name: field.default for name, field in Settings.model_fields.items()}
    assert Rules() == Rules(
        few=planning.FEW,
        slice=planning.SLICE,
        strands=settings["delivery_strands"],
        prefetch=SPREADS.prefetch,
        patience=settings["delivery_patience_seconds"],
        stragglers=settings["delivery_stragglers"],
        standing=settings["delivery_standing_hosts"],
        per_host=settings["delivery_per_host"],
        deadline=settings["delivery_deadline_seconds"],
        retries=settings["delivery_retries"],
        failures=settings["delivery_failures"],
        failing_for=settings["delivery_failing_seconds"],
        called=visits.AT_ONCE,
    )


def test_the_same_seed_tells_the_same_story():
    def story() -> list[float]:
        service = a_service(workers=2)
        service.post(0, hosts(1000, sick=50, answers_after=slowly))
        service.clock.run()
        return sorted(service.arrivals.values())

    assert story() == story()
