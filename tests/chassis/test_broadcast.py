"""Broadcasts: every process hears, and a gap is made up for."""

import asyncio
from collections.abc import Awaitable, Callable

import aio_pika

from chassis import broadcast
from chassis.broadcast import Hearing, open_broadcast, take_snapshot
from chassis.bus import Bus, open_bus
from chassis.settings import Settings
from contracts.events import Event, PolicyChanged, TokenRevoked
from contracts.ids import Domain, TokenId


class Sneezed(Event, frozen=True, tag="test.sneezed"):
    """An event that no service listens to."""


CHANGE = PolicyChanged(domain=Domain("evil.test"))


async def eventually(holds: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # what it waits for sets no event
            await asyncio.sleep(0.01)


async def connected(bus: Bus) -> None:
    await eventually(lambda: bus.is_up)


def counting() -> tuple[list[str], Callable[[], Awaitable[str]]]:
    loads: list[str] = []

    async def load() -> str:
        loads.append("load")
        return f"version {len(loads)}"

    return loads, load


async def test_every_process_hears_each_event(template: str, settings: Settings) -> None:
    (loads, load), (others, load_other) = counting(), counting()
    first, second = await take_snapshot(load), await take_snapshot(load_other)
    async with (
        open_broadcast(settings, [first.hears(PolicyChanged)]),
        open_broadcast(settings, [second.hears(PolicyChanged)]),
        open_bus(settings) as bus,
    ):
        # Each loads once at the start and once more when its queue stands.
        await eventually(lambda: len(loads) == len(others) == 2)
        await connected(bus)
        await bus.emit(CHANGE)
        await eventually(lambda: first.value == second.value == "version 3", seconds=1)


async def test_an_event_is_given_to_those_who_asked_for_it(template: str, settings: Settings) -> None:
    heard: list[TokenRevoked] = []
    afresh: list[bool] = []

    async def react(event: TokenRevoked) -> None:
        heard.append(event)

    async def start_afresh() -> None:
        afresh.append(True)

    async with open_broadcast(settings, [Hearing(TokenRevoked, react, start_afresh)]), open_bus(settings) as bus:
        await eventually(lambda: bool(afresh))
        await connected(bus)
        await bus.emit(CHANGE)
        await bus.emit(TokenRevoked(token_id=TokenId(7)))
        await eventually(lambda: bool(heard))
    assert heard == [TokenRevoked(token_id=TokenId(7))]


async def test_an_unreadable_event_makes_the_cache_start_afresh(template: str, settings: Settings) -> None:
    loads, load = counting()
    snapshot = await take_snapshot(load)
    async with open_broadcast(settings, [snapshot.hears(PolicyChanged)]), open_bus(settings) as bus:
        await eventually(lambda: len(loads) == 2)
        await connected(bus)
        await bus.publish("events", "policy.changed", b"{", {})
        await eventually(lambda: len(loads) == 3)


async def is_heard(settings: Settings) -> bool:
    """Whether anybody's queue takes a message of the topic."""
    async with await aio_pika.connect(settings.amqp_url.get_secret_value()) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange("events", ensure=False)
        try:
            await exchange.publish(aio_pika.Message(b"{}"), "test.sneezed", mandatory=True)
        except aio_pika.exceptions.DeliveryError:
            return False
    return True


async def test_the_queue_dies_with_its_process(template: str, settings: Settings) -> None:
    loads, load = counting()
    snapshot = await take_snapshot(load)
    async with open_broadcast(settings, [snapshot.hears(Sneezed)]):
        await eventually(lambda: len(loads) == 2)
        assert await is_heard(settings)
    assert not await is_heard(settings)


async def test_without_a_broker_caches_refresh_by_time(settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(broadcast, "REFRESH_SECONDS", 0.05)
    loads, load = counting()
    snapshot = await take_snapshot(load)
    away = settings.model_copy(update={"amqp_url": type(settings.amqp_url)("amqp://127.0.0.1:1/")})
    async with open_broadcast(away, [snapshot.hears(PolicyChanged)]):
        await eventually(lambda: len(loads) >= 3)


async def test_what_no_event_tells_of_is_refreshed_by_time(settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(broadcast, "REFRESH_SECONDS", 0.05)
    loads, load = counting()
    async with open_broadcast(settings, [], [await take_snapshot(load)]):
        await eventually(lambda: len(loads) >= 3)
