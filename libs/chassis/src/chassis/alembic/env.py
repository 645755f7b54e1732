"""Alembic's entry: one schema at a time, under a lock, each with a version table of its own."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

LOCK = 7_215_662_113


def _migrate(connection: Connection, schema: str) -> None:
    # Waiting for the lock is not waiting for a table.
    connection.execute(text("SET lock_timeout = 0"))
    # Held until the connection closes: processes that migrate at the same time take turns.
    connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    connection.commit()
    context.configure(
        connection=connection,
        version_table="schema_version",
        version_table_schema=schema,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run(attributes: dict[str, Any]) -> None:
    engine = create_async_engine(attributes["url"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, attributes["schema"])
    await engine.dispose()


asyncio.run(_run(context.config.attributes))
