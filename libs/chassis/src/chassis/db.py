"""PostgreSQL: connections that read, and transactions that write and emit."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Protocol

import asyncpg
import msgspec
from opentelemetry.propagate import inject
from prometheus_client import Gauge, Histogram

from chassis.errors import Unavailable
from chassis.pool import Connection, Pool
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

    def __init__(self, conn: "asyncpg.Connection[Row]") -> None:
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


class Database:
    """A service's door to PostgreSQL. It reads by itself (a `Reader`) and writes in transactions."""

    def __init__(self, pool: Pool, sessions: Pool, *, schema: str) -> None:
        self._pool = pool
        self._sessions = sessions
        self.schema = schema
        """The service's own schema: its outbox is there."""

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        conn = await self._pool.acquire()
        try:
            return await conn.fetch(sql, *args)
        finally:
            self._pool.release(conn)

    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        conn = await self._pool.acquire()
        try:
            return await conn.fetchrow(sql, *args)
        finally:
            self._pool.release(conn)

    async def fetchval(self, sql: str, *args: object) -> Any:
        conn = await self._pool.acquire()
        try:
            return await conn.fetchval(sql, *args)
        finally:
            self._pool.release(conn)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        async with self._pool.one() as conn:
            with TRANSACTION_SECONDS.time():
                async with conn.transaction():
                    tx = Tx(conn)
                    yield tx
                    await tx.write_outbox(self.schema)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of one's own, for session state that outlives a transaction (advisory locks)."""
        async with self._sessions.one() as conn:
            yield conn


async def _connect(url: str, settings: Settings, role: str) -> Connection:
    conn: Connection = await asyncpg.connect(
        url,
        connection_class=Connection,
        statement_cache_size=settings.database_statement_cache,
        # Statements are few and all our own: preparing one anew would plan it anew, five times over.
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,
        timeout=5,
        command_timeout=15,
        # All else that a session needs is set for its role: a pooler lets nothing else through.
        server_settings={"application_name": f"murmuration {role}"},
    )
    await conn.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda v: msgspec.json.encode(v).decode(),
        decoder=msgspec.json.decode,
    )
    return conn


@asynccontextmanager
async def open_database(settings: Settings, *, role: str, schema: str) -> AsyncIterator[Database]:
    """Connect as `role`; `jsonb` values are Python values on both sides."""
    pool = Pool(partial(_connect, settings.database_url_for(role), settings, role), settings.database_pool_size)
    try:
        # Whoever cannot connect shall hear it now.
        pool.release(await pool.acquire())
        _count_connections(pool)
        async with _sessions(settings, pool, role) as sessions:
            yield Database(pool, sessions, schema=schema)
    finally:
        await pool.close()


@asynccontextmanager
async def _sessions(settings: Settings, pool: Pool, role: str) -> AsyncIterator[Pool]:
    """Connections that are one session from beginning to end. A pooler in transaction mode gives none."""
    if not settings.database_direct_url:
        yield pool
        return
    direct = Pool(partial(_connect, settings.direct_database_url_for(role), settings, role), SESSIONS)
    try:
        yield direct
    finally:
        await direct.close()


def _count_connections(pool: Pool) -> None:
    """Whenever somebody asks. A process has one pool."""
    CONNECTIONS.labels("used").set_function(lambda: pool.used)
    CONNECTIONS.labels("idle").set_function(lambda: pool.idle)
    CONNECTIONS.labels("spare").set_function(lambda: pool.most - pool.used - pool.idle)
