"""Migrations of every installed package, and the broker's topology: `python -m chassis.migrate`.

A package announces itself by entry points: `murmuration.migrations` names a package of Alembic revisions
(raw SQL; the entry's name is its schema) and `murmuration.queues` its queues. So an image with one service
migrates `social` and that service, and a machine with all of them migrates all.
"""

import asyncio
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, make_url

from chassis.bus import connect
from chassis.logs import configure_logs
from chassis.settings import Settings
from chassis.topology import Queue, declare, queues

log = structlog.get_logger()

OWNER = "murmuration"
"""The role that owns the database and runs migrations."""


def schemas() -> list[EntryPoint]:
    """`social` first: the services' tables refer to it."""
    return sorted(
        entry_points(group="murmuration.migrations"),
        key=lambda entry: (entry.name != "social", entry.name),
    )


def migrate_database(url: str) -> None:
    """Bring every schema to its newest revision. Safe to run from several processes at once."""
    for entry in schemas():
        log.info("migrating", schema=entry.name)
        command.upgrade(_config(url, entry), "head")


async def outdated(url: str) -> list[str]:
    """The schemas that are not at the newest revision that is installed here."""
    conn = await asyncpg.connect(url, timeout=5, command_timeout=10)
    try:
        return [entry.name for entry in schemas() if await _revision(conn, entry.name) != _newest(url, entry)]
    finally:
        await conn.close(timeout=2)


async def _revision(conn: "asyncpg.Connection[asyncpg.Record]", schema: str) -> str | None:
    try:
        revision: str | None = await conn.fetchval(f"SELECT version_num FROM {schema}.schema_version")
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return None
    return revision


def _newest(url: str, entry: EntryPoint) -> str | None:
    return ScriptDirectory.from_config(_config(url, entry)).get_current_head()


def _config(url: str, entry: EntryPoint) -> Config:
    module = importlib.import_module(entry.value)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", module.__path__[0])
    config.attributes["url"] = _asyncpg_url(url)
    config.attributes["schema"] = entry.name
    return config


def _asyncpg_url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+asyncpg")


async def declare_topology(settings: Settings, declared: Sequence[Queue[Any]]) -> None:
    connection = await connect(settings)
    async with connection:
        await declare(await connection.channel(), declared)


def main() -> None:
    settings = Settings()
    configure_logs("migrate", settings)
    only = set(sys.argv[1:]) or {"database", "broker"}
    if "database" in only:
        migrate_database(settings.direct_database_url_for(OWNER))
    if "broker" in only:
        asyncio.run(declare_topology(settings, queues()))
    log.info("migrated", schemas=[entry.name for entry in schemas()])


if __name__ == "__main__":
    main()
