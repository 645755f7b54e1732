"""Dead letters in an operator's hands."""

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from waiting import eventually

from chassis.settings import Settings
from chassis.topology import declare
from media.worker import QUEUES

PROGRAM = Path(sys.executable).with_name("murmuration")
QUEUE = next(queue for queue in QUEUES if queue.name == "media.removals")

Run = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    known = {"MURMURATION_DOMAIN": "ours.test", "COLUMNS": "200"}

    def run(words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, "queues", *words.split()],
            env=os.environ | environment | known,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
async def channel(settings: Settings) -> AsyncIterator[AbstractChannel]:
    # Not a robust connection: that would tell how deep a queue was when it was first asked.
    async with await aio_pika.connect(settings.amqp_url.get_secret_value()) as connection:
        channel = await connection.channel()
        await declare(channel, [QUEUE])
        yield channel
        for name in (QUEUE.name, QUEUE.dead):
            await (await channel.get_queue(name)).purge()


@pytest.fixture
async def letter(channel: AbstractChannel) -> str:
    """The id of a message that was tried thrice and then rejected."""
    event_id = str(uuid.uuid4())
    source = await channel.get_queue(QUEUE.name)
    await source.purge()
    await (await channel.get_queue(QUEUE.dead)).purge()
    headers = {"attempt": "3", "event_id": event_id}
    message = aio_pika.Message(b'{"type": "nonsense"}', message_id=event_id, headers=headers)
    await channel.default_exchange.publish(message, QUEUE.name)
    await (await taken(source)).reject(requeue=False)
    # It travels at the broker's leisure.
    await eventually(lambda: waiting(channel, QUEUE.dead))
    return event_id


async def taken(source: AbstractQueue) -> AbstractIncomingMessage:
    message = await eventually(lambda: source.get(fail=False))
    assert message is not None
    return message


async def waiting(channel: AbstractChannel, name: str) -> int:
    declared = await channel.declare_queue(name, passive=True)
    return declared.declaration_result.message_count or 0


async def test_a_dead_letter_is_shown_and_stays(channel: AbstractChannel, letter: str, run: Run) -> None:
    for _ in range(2):
        shown = run(f"dead {QUEUE.name}")
        assert shown.stderr == ""
        assert "rejected" in shown.stdout
        assert letter[:8] in shown.stdout
        assert "nonsense" in shown.stdout


async def test_a_redriven_letter_begins_anew(channel: AbstractChannel, letter: str, run: Run) -> None:
    assert run(f"redrive {QUEUE.name}").stdout == f"1 dead letters went back to {QUEUE.name}\n"
    message = await taken(await channel.get_queue(QUEUE.name))
    await message.ack()
    assert (message.message_id, message.body) == (letter, b'{"type": "nonsense"}')
    assert set(message.headers) - {"x-delivery-count"} == {"event_id"}
    assert await waiting(channel, QUEUE.dead) == 0


async def test_a_discarded_letter_is_gone(channel: AbstractChannel, letter: str, run: Run) -> None:
    assert run(f"discard {QUEUE.name}").stdout == f"1 dead letters of {QUEUE.name} are gone\n"
    assert run(f"dead {QUEUE.name}").stdout == f"{QUEUE.name} has no dead letters\n"
    assert await waiting(channel, QUEUE.name) == 0


@pytest.mark.parametrize("verb", ["dead", "redrive", "discard"])
def test_a_queue_that_is_not_there_is_named(run: Run, verb: str) -> None:
    done = run(f"{verb} media.uplaods")
    assert (done.returncode, done.stderr) == (
        1,
        "There is no queue media.uplaods: murmuration queues list shows which there are.\n",
    )
