"""`murmuration queues`: what waits on the bus."""

import aio_pika
import typer
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import AMQPError, ChannelNotFoundEntity

from chassis.errors import Unavailable
from chassis.settings import Settings
from chassis.topology import WAITS, Queue, queues
from murmuration.console import command, out
from murmuration.presentation import Depth, show_depths

app = typer.Typer(no_args_is_help=True, help="What waits on the bus.")


@app.command("list")
@command
async def show_all() -> None:
    """Show how much waits in each queue, to be handled, to be tried again, or for an operator."""
    async with await connected(Settings()) as connection:
        depths = [await depth_of(connection, queue) for queue in queues()]
    if depths:
        show_depths(depths)
    else:
        out.print("No service that is installed here has a queue", highlight=False)


async def depth_of(connection: AbstractConnection, queue: "Queue[object]") -> Depth:
    ready, consumers = await _counts(connection, queue.name)
    waiting = [(await _counts(connection, queue.wait(attempt)))[0] for attempt in range(1, len(WAITS) + 1)]
    dead, _ = await _counts(connection, queue.dead)
    return Depth(
        name=queue.name,
        ready=ready,
        consumers=consumers,
        waiting=sum(count or 0 for count in waiting),
        dead=dead,
    )


async def _counts(connection: AbstractConnection, name: str) -> tuple[int | None, int | None]:
    """Messages and consumers. A channel of its own each: asking for a queue that is not there closes it."""
    channel: AbstractChannel = await connection.channel()
    try:
        found = await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        return None, None
    finally:
        await channel.close()
    return found.declaration_result.message_count, found.declaration_result.consumer_count


async def connected(settings: Settings) -> AbstractConnection:
    try:
        return await aio_pika.connect(settings.amqp_url.get_secret_value(), timeout=5)
    except (OSError, AMQPError, TimeoutError) as error:
        raise Unavailable("RabbitMQ does not answer at MURMURATION_AMQP_URL") from error
