"""Many ask Redis over one connection; each gets their own answer, and nobody waits for one that is away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError, ResponseError

from chassis.cache import Cache, open_redis
from chassis.settings import Settings


@pytest.fixture
async def cache(settings: Settings) -> AsyncIterator[Cache]:
    async with open_redis(settings) as opened:
        yield opened


async def test_those_who_ask_at_once_get_their_own_answers(cache: Cache) -> None:
    asked = [cache.ask(("ECHO", f"{n}"), ("ECHO", f"{n} again")) for n in range(50)]
    assert await asyncio.gather(*asked) == [[f"{n}".encode(), f"{n} again".encode()] for n in range(50)]


async def test_what_cannot_be_done_is_said_to_whoever_asked_for_it(cache: Cache) -> None:
    wrong, right = await asyncio.gather(cache.ask(("NO SUCH COMMAND",)), cache.ask(("PING",)), return_exceptions=True)
    assert isinstance(wrong, ResponseError)
    assert right == [b"PONG"]


async def test_whoever_gives_up_leaves_the_answers_of_others_in_order(cache: Cache) -> None:
    await cache.ask(("PING",))
    impatient = asyncio.create_task(cache.ask(("ECHO", "mine")))
    patient = asyncio.create_task(cache.ask(("ECHO", "yours")))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == [b"yours"]


async def test_a_lost_connection_fails_who_waits_and_is_made_anew(cache: Cache) -> None:
    (number,) = await cache.ask(("CLIENT", "ID"))
    waiting = asyncio.create_task(cache.ask(("BLPOP", "nothing comes", 10)))
    await asyncio.sleep(0)
    await cache.client_kill_filter(_id=str(number))
    with pytest.raises(Lost):
        await waiting
    assert await cache.ask(("PING",)) == [b"PONG"]


async def test_an_answer_that_does_not_come_is_not_waited_for(cache: Cache) -> None:
    with pytest.raises(RedisError):
        await cache.ask(("BLPOP", "nothing comes", 10))


async def test_nobody_answers_where_there_is_no_redis() -> None:
    async with Cache.at("redis://127.0.0.1:1") as nowhere:
        with pytest.raises((RedisError, OSError)):
            await nowhere.ask(("PING",))
