"""Many publish over one connection: each learns what became of their message, and nobody waits for a broker in vain."""

import asyncio
import contextlib
import ssl
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import pytest
import trustme
from aio_pika.abc import AbstractQueue
from pamqp import frame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from pydantic import SecretStr
from waiting import eventually

from chassis import amqp
from chassis.bus import Bus, BusAway, open_bus
from chassis.publishing import MOST_UNWRITTEN, NotTaken, Publisher, open_publisher
from chassis.settings import Settings
from native.infrastructure import Infrastructure

LARGE = 300_000
"""More than a frame takes."""


class Middle:
    """Stands between us and the broker, and can hold its breath or hang up."""

    def __init__(self, broker: str) -> None:
        self._broker = urlsplit(broker)
        self._open: set[asyncio.StreamWriter] = set()
        self._at_work: set[asyncio.Task[Any] | None] = set()
        self._passes = asyncio.Event()
        self._passes.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._at_work.add(asyncio.current_task())
        inward, outward = await asyncio.open_connection(self._broker.hostname, self._broker.port)
        self._open |= {writer, outward}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._carry(reader, outward), self._carry(inward, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            await self._passes.wait()
            writer.write(piece)
            await writer.drain()
        writer.close()

    def hold(self) -> None:
        self._passes.clear()

    def hang_up(self) -> None:
        self._passes.set()
        while self._open:
            if not (one := self._open.pop()).is_closing():
                one.transport.abort()

    async def end(self) -> None:
        self.hang_up()
        await asyncio.gather(*filter(None, self._at_work))


@pytest.fixture
def broker(infrastructure: Infrastructure) -> str:
    return infrastructure.amqp_url()


@pytest.fixture
async def queue(broker: str) -> AsyncIterator[AbstractQueue]:
    async with await aio_pika.connect(broker) as connection:
        channel = await connection.channel()
        yield await channel.declare_queue(f"test.{uuid.uuid4().hex}", exclusive=True)


@pytest.fixture
async def publisher(broker: str) -> AsyncIterator[Publisher]:
    opened = await open_publisher(broker)
    yield opened
    await opened.close()


@contextlib.asynccontextmanager
async def between(broker: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Middle, str]]:
    """Somebody in the middle, and the address of whoever asks them."""
    middle = Middle(broker)
    server = await asyncio.start_server(middle.answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    user = urlsplit(broker).netloc.rpartition("@")[0]
    async with server:
        yield middle, f"{'amqps' if tls else 'amqp'}://{user}@localhost:{port}/"
        await middle.end()


async def come_up(bus: Bus) -> None:
    async def is_up() -> bool:
        return bus.is_up

    await eventually(is_up)


async def give_up(publisher: Publisher) -> None:
    publisher.hang_up()
    await publisher.lost


def sent(publisher: Publisher, queue: AbstractQueue | str, body: bytes = b"{}") -> "asyncio.Future[None]":
    name = queue if isinstance(queue, str) else queue.name
    number = str(uuid.uuid4())
    return publisher.publish("", name, body, {"event_id": number}, number, mandatory=True)


def heap_up(publisher: Publisher, queue: AbstractQueue, much: int) -> None:
    for _ in range(much // 1_000_000):
        sent(publisher, queue, bytes(1_000_000)).cancel()


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 100, b"y" * 251])
@pytest.mark.parametrize("headers", [{}, {"event_id": "1", "traceparent": "00-ä"}])
@pytest.mark.parametrize("message_id", ["", "7"])
def test_a_message_reads_as_it_was_meant(body: bytes, headers: dict[str, str], message_id: str) -> None:
    written = amqp.message("jobs", "a.topic", body, headers, message_id, mandatory=True, largest=108)
    frames, rest = amqp.whole_frames(written)
    method, head, *pieces = [frame.unmarshal(one)[2] for one in frames]
    assert (rest, max(map(len, frames[2:]), default=0) <= 108) == (b"", True)
    assert isinstance(method, Basic.Publish)
    assert (method.exchange, method.routing_key, method.mandatory) == ("jobs", "a.topic", True)
    assert isinstance(head, ContentHeader)
    assert (head.body_size, head.properties.content_type, head.properties.delivery_mode) == (
        len(body),
        "application/json",
        2,
    )
    assert (head.properties.headers, head.properties.message_id) == (headers, message_id or None)
    assert b"".join(piece.value for piece in pieces if isinstance(piece, ContentBody)) == body


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_frames_are_found_however_they_come(cut: int) -> None:
    written = frame.marshal(Basic.Ack(7, multiple=True), amqp.CHANNEL) + frame.marshal(Basic.Nack(8), amqp.CHANNEL)
    first, rest = amqp.whole_frames(written[:cut])
    second, left = amqp.whole_frames(rest + written[cut:])
    assert [amqp.confirmed(one) for one in first + second] == [(7, True), None]
    assert left == b""


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", frame.marshal(Basic.Ack(7), 1)[:-1] + b"\n"])
def test_what_is_no_frame_is_not_taken_for_one(said: bytes) -> None:
    with pytest.raises(ValueError, match="no frame"):
        amqp.whole_frames(said)


async def test_what_is_confirmed_is_in_the_queue(publisher: Publisher, queue: AbstractQueue) -> None:
    bodies = [f'"{n}"'.encode() for n in range(200)] + [b"z" * LARGE]
    await asyncio.gather(*(sent(publisher, queue, body) for body in bodies))
    assert [(await queue.get(no_ack=True)).body for _ in bodies] == bodies


async def test_what_no_queue_takes_fails_alone(publisher: Publisher, queue: AbstractQueue) -> None:
    outcomes = await asyncio.gather(
        sent(publisher, queue), sent(publisher, "no.such.queue"), sent(publisher, queue), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), NotTaken, type(None)]


async def test_whoever_gives_up_leaves_the_confirms_of_others(publisher: Publisher, queue: AbstractQueue) -> None:
    impatient, patient = sent(publisher, queue), sent(publisher, queue)
    impatient.cancel()
    await patient


async def test_after_what_the_broker_forbids_another_connection_is_made(broker: str, queue: AbstractQueue) -> None:
    async with open_bus(Settings(domain="ours.test", amqp_url=SecretStr(broker))) as bus:
        await come_up(bus)
        with pytest.raises(BusAway):
            await bus.publish("no such exchange", "topic", b"{}", {})
        await come_up(bus)
        await bus.publish("", queue.name, b"{}", {})


async def test_a_lost_connection_fails_who_waits_and_is_made_anew(broker: str, queue: AbstractQueue) -> None:
    async with (
        between(broker) as (middle, address),
        open_bus(Settings(domain="ours.test", amqp_url=SecretStr(address))) as bus,
    ):
        await come_up(bus)
        middle.hold()
        waiting = asyncio.create_task(bus.publish("", queue.name, b"{}", {}))
        await asyncio.sleep(0.05)
        middle.hang_up()
        with pytest.raises(BusAway):
            await waiting
        await come_up(bus)
        await bus.publish("", queue.name, b"{}", {})


async def test_a_confirm_that_does_not_come_is_not_waited_for(broker: str, queue: AbstractQueue) -> None:
    async with between(broker) as (middle, address):
        publisher = await open_publisher(address, patience=0.2)
        middle.hold()
        with pytest.raises(NotTaken, match="late"):
            await sent(publisher, queue)
        await give_up(publisher)


async def test_a_broker_that_says_nothing_is_taken_for_lost(broker: str) -> None:
    async with between(broker) as (middle, address):
        publisher = await open_publisher(address, heartbeat=1)
        middle.hold()
        async with asyncio.timeout(10):
            await publisher.lost
        assert not publisher.is_open


async def test_nothing_is_heaped_up_for_a_broker_that_reads_nothing(broker: str, queue: AbstractQueue) -> None:
    async with between(broker) as (middle, address):
        publisher = await open_publisher(address, patience=0.2)
        middle.hold()
        with pytest.raises(NotTaken, match="takes nothing more"):
            heap_up(publisher, queue, 5 * MOST_UNWRITTEN)
        await give_up(publisher)


async def test_a_wrong_password_is_no_connection(broker: str) -> None:
    there = urlsplit(broker)
    with pytest.raises(NotTaken):
        await open_publisher(f"amqp://guest:wrong@{there.hostname}:{there.port}/")


async def test_a_broker_behind_tls_is_believed_by_its_certificate(
    broker: str, queue: AbstractQueue, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    async with between(broker, context) as (_, address):
        publisher = await open_publisher(f"{address}?cafile={tmp_path / 'ca.pem'}")
        await sent(publisher, queue)
        await publisher.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await open_publisher(address)
