"""`murmuration queues dead`, `redrive` and `discard`: messages that no handler could cope with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import aio_pika
import typer
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.exceptions import ChannelNotFoundEntity

from chassis.settings import Settings
from chassis.topology import Queue, queues
from murmuration.console import Refused, command, out
from murmuration.presentation import Letter, show_letters
from murmuration.queues import connected

Name = Annotated[str, typer.Argument(metavar="QUEUE", help="As `murmuration queues list` names it.")]

OF_THE_LAST_TIME = ("attempt", "published_at", "x-")
"""How headers begin that tell how a message came to its end: it shall not begin again with them."""


@command
async def show(name: Name) -> None:
    """Show what lies in a queue's dead letters, oldest first. It stays there."""
    queue = _named(name)
    found: list[Letter] = []
    async with _opened() as channel:
        async for message in _letters(channel, queue):
            found.append(_described(message))
            # A copy goes to the end: handing the same one back again and again would exhaust its delivery limit.
            await _publish(channel, message, queue.dead, dict(message.headers))
            await message.ack()
    show_letters(name, found)


@command
async def redrive(name: Name) -> None:
    """Give the dead letters back to their queue, once what they failed at is mended."""
    queue = _named(name)
    count = 0
    async with _opened() as channel:
        async for message in _letters(channel, queue):
            kept = {key: value for key, value in message.headers.items() if not key.startswith(OF_THE_LAST_TIME)}
            await _publish(channel, message, queue.name, kept)
            await message.ack()
            count += 1
    out.print(f"{count} dead letters went back to {name}", highlight=False)


@command
async def discard(name: Name) -> None:
    """Throw the dead letters of a queue away."""
    queue = _named(name)
    count = 0
    async with _opened() as channel:
        async for message in _letters(channel, queue):
            await message.ack()
            count += 1
    out.print(f"{count} dead letters of {name} are gone", highlight=False)


def _named(name: str) -> "Queue[Any]":
    service, _, _ = name.partition(".")
    for queue in queues(service):
        if queue.name == name:
            return queue
    raise Refused(f"There is no queue {name}: murmuration queues list shows which there are")


@asynccontextmanager
async def _opened() -> AsyncIterator[AbstractChannel]:
    async with await connected(Settings()) as connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def _letters(channel: AbstractChannel, queue: "Queue[Any]") -> AsyncIterator[AbstractIncomingMessage]:
    """Those that are there now; what comes meanwhile waits for the next time."""
    try:
        source = await channel.declare_queue(queue.dead, passive=True)
    except ChannelNotFoundEntity as error:
        raise Refused(f"{queue.dead} is not declared yet: run murmuration migrate first") from error
    for _ in range(source.declaration_result.message_count or 0):
        message = await source.get(fail=False)
        if message is None:
            return
        yield message


async def _publish(channel: AbstractChannel, letter: AbstractIncomingMessage, to: str, headers: dict[str, Any]) -> None:
    """Return once the broker has it: only then may the original go."""
    message = aio_pika.Message(
        letter.body,
        headers=headers,
        message_id=letter.message_id,
        content_type=letter.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    await channel.default_exchange.publish(message, to, mandatory=True)


def _described(message: AbstractIncomingMessage) -> Letter:
    deaths: Any = message.headers.get("x-death") or [{}]
    return Letter(
        died_at=deaths[0].get("time"),
        reason=str(deaths[0].get("reason", "")),
        event_id=message.message_id or "",
        body=message.body.decode(errors="replace"),
    )
