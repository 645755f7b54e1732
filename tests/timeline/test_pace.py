"""How much work in no hurry is done in a second."""

import asyncio
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from timeline.pace import Pace
from timeline.settings import Settings


class Time:
    """Goes on only when somebody waits for it."""

    def __init__(self) -> None:
        self.at = 100.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += max(seconds, 0.0)


async def test_what_comes_at_once_is_spread():
    time = Time()
    pace = Pace(10, time.now, time.sleep)
    begun = []
    for many in (5, 20, 1, 1):
        await pace.turn(many)
        begun.append(round(time.at - 100, 3))
    assert begun == [0, 0.5, 2.5, 2.6]


async def test_whoever_comes_after_a_while_does_not_wait():
    time = Time()
    pace = Pace(10, time.now, time.sleep)
    await pace.turn(5)
    time.at += 60
    await pace.turn(5)
    assert time.at == 160


async def test_those_who_ask_at_the_same_moment_share_one_pace():
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))

    pace = Pace(10, lambda: 0.0, sleep)
    await asyncio.gather(*(pace.turn(5) for _ in range(3)))
    assert waits == [0, 0.5, 1.0]


def test_a_chunk_that_would_take_longer_than_its_job_may_is_refused(make_settings: Callable[..., Settings]):
    make_settings(Settings, fan_out_chunk=1500, fan_out_rate=100)
    with pytest.raises(ValidationError, match="MURMURATION_FAN_OUT_CHUNK"):
        make_settings(Settings, fan_out_chunk=1501, fan_out_rate=100)
