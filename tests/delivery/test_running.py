"""The service as it runs: a process of its own, the real broker, and what a kill leaves behind."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aio_pika
import httpx
import pytest
from peers import Answer, Peers
from postman import Postman
from waiting import eventually

from chassis.bus import Bus, open_bus
from delivery.resources import Resources
from delivery.worker import QUEUES
from social.accounts.model import Account

Start = Callable[[], AbstractAsyncContextManager[Process]]

IMPATIENT = {
    "MURMURATION_DELIVERY_RETRIES": "0.1,0.1",
    "MURMURATION_DELIVERY_FIRST_PROBE_SECONDS": "0.2",
    "MURMURATION_DELIVERY_LONGEST_PROBE_SECONDS": "0.5",
    "MURMURATION_DELIVERY_FAILING_SECONDS": "0.2",
}


@pytest.fixture
async def bus(resources: Resources) -> AsyncIterator[Bus]:
    """The broker, with nothing left in delivery's queues."""
    connection = await aio_pika.connect(resources.settings.amqp_url.get_secret_value())
    async with connection, open_bus(resources.settings) as opened:
        channel = await connection.channel()
        for queue in QUEUES:
            await (await channel.get_queue(queue.name)).purge()
        await eventually(lambda: _is_up(opened))
        yield opened


async def _is_up(bus: Bus) -> bool:
    return bus.is_up


@pytest.fixture
def start(environment: dict[str, str], ca_file: Path) -> Start:
    """`async with start() as process:` runs `python -m delivery`, and ends it if the test did not."""

    @asynccontextmanager
    async def run() -> AsyncIterator[Process]:
        port = _free_port()
        settings = {
            "MURMURATION_DOMAIN": "ours.test",
            "MURMURATION_DEVELOPMENT": "true",
            "MURMURATION_INTERNAL_SECRET": "internal",
            "MURMURATION_ALLOWED_PRIVATE_NETWORKS": "127.0.0.1/32",
            "MURMURATION_EXTRA_CA_FILE": str(ca_file),
            "MURMURATION_HTTP_PORT": str(port),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "delivery", env=os.environ | environment | settings | IMPATIENT
        )
        try:
            await eventually(lambda: _answers(port), within=60)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _answers(port: int) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"http://127.0.0.1:{port}/ready")).is_success
        except httpx.TransportError:
            return False


async def says(postman: Postman, bus: Bus, author: Account, text: str) -> None:
    """Post, and tell the bus as api-gateway's relay would."""
    before = len(postman.events)
    await postman.post(author, text, delivered=False, told=False)
    for event in postman.events[before:]:
        await bus.emit(event)


async def test_a_post_arrives_by_the_real_bus(
    start: Start, postman: Postman, bus: Bus, alice: Account, bob: Account, peers: Peers
) -> None:
    async with start():
        await says(postman, bus, alice, "hello")
        await eventually(lambda: _contents(peers), is_=["<p>hello</p>"])


async def test_a_worker_killed_after_the_peer_took_it_says_it_again_and_loses_nothing(
    start: Start, postman: Postman, bus: Bus, alice: Account, bob: Account, peers: Peers
) -> None:
    gate = asyncio.Event()
    peers.answers("far", Answer(until=gate))
    async with start() as process:
        await says(postman, bus, alice, "hello")
        await eventually(lambda: _contents(peers), is_=["<p>hello</p>"])
        process.kill()
    gate.set()
    async with start():
        await eventually(lambda: _contents(peers), is_=["<p>hello</p>"] * 2)
        await says(postman, bus, alice, "next")
        await eventually(lambda: _contents(peers), is_=["<p>hello</p>"] * 2 + ["<p>next</p>"])
    first, again, _ = peers.at("far")
    # The same id: whoever took the first one drops the second.
    assert first.document["id"] == again.document["id"]
    assert (await postman.held(), await postman.state()) == (0, "fast")


async def test_what_is_held_outlives_the_process_and_goes_out_in_order(
    start: Start, postman: Postman, bus: Bus, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.goes_away("far")
    async with start() as process:
        await says(postman, bus, alice, "0")
        await eventually(postman.state, is_="open")
        for n in range(1, 5):
            await says(postman, bus, alice, str(n))
            await eventually(postman.held, is_=n + 1)
        process.kill()
    async with start():
        peers.comes_back("far")
        await eventually(lambda: _contents(peers), is_=[f"<p>{n}</p>" for n in range(5)])
        await eventually(postman.state, is_="fast")
    assert await postman.held() == 0


async def _contents(peers: Peers) -> list[str]:
    return peers.contents_at("far")
