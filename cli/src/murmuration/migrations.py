"""`murmuration migrate`: bring the database and the broker to what this release expects."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated

import anyio.to_thread
import asyncpg
import typer

from chassis.errors import Unavailable
from chassis.settings import Settings
from chassis.topology import queues
from murmuration.console import command, out

BROKER_WITHIN = 30.0


class Part(StrEnum):
    DATABASE = "database"
    BROKER = "broker"


@command
async def migrate(
    only: Annotated[Part | None, typer.Option(help="Only one of the two.")] = None,
) -> None:
    """Run the migrations of every installed service, and declare its queues."""
    from chassis import migrate as steps  # noqa: PLC0415  # Alembic would slow down every other command

    settings = Settings()
    if only is not Part.BROKER:
        await _unwrapped(steps.migrate_database, settings.direct_database_url_for(steps.OWNER))
        schemas = ", ".join(entry.name for entry in steps.schemas())
        out.print(f"Database: {schemas} are up to date", highlight=False, soft_wrap=True)
    if only is not Part.DATABASE:
        await _in_time(steps.declare_topology(settings, queues()))
        out.print(f"Broker: {len(queues())} queues are declared", highlight=False, soft_wrap=True)


async def _unwrapped(migrate_database: Callable[[str], None], url: str) -> None:
    """Run it in a thread, as Alembic has an event loop of its own, and raise what PostgreSQL said."""
    try:
        await anyio.to_thread.run_sync(migrate_database, url)
    except Exception as error:  # noqa: BLE001  # raised again, only without SQLAlchemy around it
        cause: BaseException | None = error
        while cause and not isinstance(cause, asyncpg.PostgresError):
            cause = cause.__cause__ or cause.__context__
        raise cause or error from None


async def _in_time(declaring: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(BROKER_WITHIN):
            await declaring
    except TimeoutError as error:
        raise Unavailable("RabbitMQ does not answer at MURMURATION_AMQP_URL") from error
