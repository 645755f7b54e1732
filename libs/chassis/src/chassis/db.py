"""PostgreSQL: connections that read, and transactions that write and emit."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg
import asyncpg.pool
import msgspec
from opentelemetry.propagate import inject
from prometheus_client import Gauge, Histogram

from chassis.errors import Unavailable
from chassis.settings import Settings
from contracts.events import Event, topic_of
from contracts.jobs import Job

Row = asyncpg.Record

TRANSACTION_SECONDS = Histogram(
    "murmuration_transaction_seconds",
    "From BEGIN to COMMIT or ROLLBACK",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10),
)

CONNECTIONS = Gauge(
    "murmuration_database_connections", "Connections of this process: at work, open, or not opened yet", ["state"]
)

# Something that was there when it was looked up is deleted by now.
GONE: type[Exception] = asyncpg.ForeignKeyViolationError

# What PostgreSQL, or the way to it, says when the same work may succeed a moment later.
AWAY: tuple[type[Exception], ...] = (
    Unavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
    TimeoutError,
)


SESSIONS = 4
"""Connections past a pooler: as many periodic tasks of one process run at a time without waiting."""


class Reader(Protocol):
    """Anything that can run a SELECT. Store functions that only read ask for this."""

    async def fetch(self, sql: str, *args: object) -> list[Row]: ...
    async def fetchrow(self, sql: str, *args: object) -> Row | None: ...
    async def fetchval(self, sql: str, *args: object) -> Any: ...


class Tx:
    """A transaction. What it emits is published if, and only if, it commits."""

    def __init__(self, conn: "asyncpg.pool.PoolConnectionProxy[Row] | asyncpg.Connection[Row]") -> None:
        self._conn = conn
        self._events: list[Event] = []
        self._jobs: list[Job] = []
        self.fetch = conn.fetch
        self.fetchrow = conn.fetchrow
        self.fetchval = conn.fetchval
        self.execute = conn.execute
        self.executemany = conn.executemany

    def emit(self, event: Event) -> None:
        """Tell every service that listens."""
        self._events.append(event)

    def enqueue(self, job: Job) -> None:
        """Leave work for a queue of this same service."""
        self._jobs.append(job)

    @property
    def emitted(self) -> Sequence[Event]:
        return tuple(self._events)

    @property
    def enqueued(self) -> Sequence[Job]:
        return tuple(self._jobs)

    async def write_outbox(self, schema: str) -> None:
        """Store what was emitted. The last statement of a transaction."""
        messages: list[Event | Job] = [*self._events, *self._jobs]
        if not messages:
            return
        carrier: dict[str, str] = {}
        inject(carrier)
        await self._conn.execute(
            f"""
            WITH written AS (
                INSERT INTO {schema}.outbox (event_id, exchange, topic, body, traceparent)
                SELECT m.event_id, m.exchange, m.topic, m.body, $5
                FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
                    AS m (event_id, exchange, topic, body)
            )
            SELECT pg_notify('{schema}_outbox', '')
            """,
            [uuid.uuid4() for _ in messages],
            ["events" if isinstance(m, Event) else "jobs" for m in messages],
            [topic_of(m) for m in messages],
            [msgspec.json.encode(m) for m in messages],
            carrier.get("traceparent"),
        )


class _Connection(asyncpg.Connection):
    """A connection that is not reset when it goes back to the pool: no one leaves session state here."""

    def get_reset_query(self) -> str:
        return ""


class Database:
    """A service's door to PostgreSQL. It reads by itself (a `Reader`) and writes in transactions."""

    def __init__(self, pool: "asyncpg.Pool[Row]", sessions: "asyncpg.Pool[Row]", *, schema: str) -> None:
        self._pool = pool
        self._sessions = sessions
        self.schema = schema
        """The service's own schema: its outbox is there."""

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        return await self._pool.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        return await self._pool.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        return await self._pool.fetchval(sql, *args)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        async with self._pool.acquire(timeout=5) as conn:
            with TRANSACTION_SECONDS.time():
                async with conn.transaction():
                    tx = Tx(conn)
                    yield tx
                    await tx.write_outbox(self.schema)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["asyncpg.pool.PoolConnectionProxy[Row]"]:
        """A connection of one's own, for session state that outlives a transaction (advisory locks)."""
        async with self._sessions.acquire(timeout=5) as conn:
            yield conn


async def _prepare(conn: "asyncpg.Connection[Row]") -> None:
    await conn.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda v: msgspec.json.encode(v).decode(),
        decoder=msgspec.json.decode,
    )


@asynccontextmanager
async def open_database(settings: Settings, *, role: str, schema: str) -> AsyncIterator[Database]:
    """Connect as `role`; `jsonb` values are Python values on both sides."""
    pool = _pool(settings, settings.database_url_for(role), role, settings.database_pool_size)
    async with pool, _sessions(settings, pool, role) as sessions:
        _count_connections(pool, settings.database_pool_size)
        yield Database(pool, sessions, schema=schema)


@asynccontextmanager
async def _sessions(settings: Settings, pool: "asyncpg.Pool[Row]", role: str) -> AsyncIterator["asyncpg.Pool[Row]"]:
    """Connections that are one session from beginning to end. A pooler in transaction mode gives none."""
    if not settings.database_direct_url:
        yield pool
        return
    async with _pool(settings, settings.direct_database_url_for(role), role, SESSIONS, least=0) as direct:
        yield direct


def _pool(settings: Settings, url: str, role: str, most: int, least: int = 1) -> "asyncpg.Pool[Row]":
    return asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        connection_class=_Connection,
        statement_cache_size=settings.database_statement_cache,
        init=_prepare,
        timeout=5,
        command_timeout=15,
        # All else that a session needs is set for its role: a pooler lets nothing else through.
        server_settings={"application_name": f"murmuration {role}"},
    )


def _count_connections(pool: "asyncpg.Pool[Row]", most: int) -> None:
    """Whenever somebody asks. A process has one pool."""
    CONNECTIONS.labels("used").set_function(lambda: pool.get_size() - pool.get_idle_size())
    CONNECTIONS.labels("idle").set_function(pool.get_idle_size)
    CONNECTIONS.labels("spare").set_function(lambda: most - pool.get_size())
