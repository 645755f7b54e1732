"""`murmuration migrate`: bring the database and the broker to what this release expects."""

import asyncio
from enum import StrEnum
from typing import Annotated

import anyio.to_thread
import typer

from chassis import migrate as chassis_migrate
from chassis.errors import Unavailable
from chassis.settings import Settings
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
    settings = Settings()
    if only is not Part.BROKER:
        await _database(settings)
    if only is not Part.DATABASE:
        await _broker(settings)


async def _database(settings: Settings) -> None:
    # Alembic runs an event loop of its own.
    await anyio.to_thread.run_sync(chassis_migrate.migrate_database, settings.database_url_for(chassis_migrate.OWNER))
    schemas = ", ".join(entry.name for entry in chassis_migrate.schemas())
    out.print(f"Database: {schemas} are up to date", highlight=False)


async def _broker(settings: Settings) -> None:
    queues = chassis_migrate.queues()
    try:
        async with asyncio.timeout(BROKER_WITHIN):
            await chassis_migrate.declare_topology(settings, queues)
    except TimeoutError as error:
        raise Unavailable("RabbitMQ does not answer at MURMURATION_AMQP_URL") from error
    out.print(f"Broker: {len(queues)} queues are declared", highlight=False)
