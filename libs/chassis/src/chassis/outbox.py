"""The transactional outbox's other half: the relay that publishes what transactions wrote.

A row is published with a confirm and then marked sent, in that order: a relay that dies between the two
publishes twice, and consumers are idempotent. Sent rows are kept for hours, so that a broker that lost
its disk can be driven again. Several relays may run: `SKIP LOCKED` shares the rows among them.
"""

import asyncio
import contextlib
import datetime as dt

import asyncpg
import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract, inject
from prometheus_client import Counter, Gauge

from chassis.bus import Bus
from chassis.db import AWAY, Row, Tx
from chassis.settings import Settings

log = structlog.get_logger()
tracer = trace.get_tracer("murmuration.outbox")

BATCH = 200
POLL_SECONDS = 1.0
KEEP_SENT = dt.timedelta(hours=6)
SWEEP_EVERY = dt.timedelta(minutes=5)

UNSENT = Gauge("murmuration_outbox_unsent", "Messages written but not yet published", ["schema"])
OLDEST = Gauge("murmuration_outbox_oldest_seconds", "Age of the oldest unpublished message", ["schema"])
RELAYED = Counter("murmuration_outbox_relayed_total", "Messages published by the relay", ["schema", "outcome"])


async def take_unsent(tx: Tx, schema: str) -> list[Row]:
    return await tx.fetch(
        f"""
        SELECT id, event_id, exchange, topic, body, traceparent
        FROM {schema}.outbox
        WHERE sent_at IS NULL
        ORDER BY id
        LIMIT {BATCH}
        FOR UPDATE SKIP LOCKED
        """
    )


async def mark_sent(tx: Tx, schema: str, ids: list[int]) -> None:
    await tx.execute(f"UPDATE {schema}.outbox SET sent_at = now() WHERE id = ANY ($1)", ids)


async def forget_sent(tx: Tx, schema: str, age: dt.timedelta) -> None:
    await tx.execute(f"DELETE FROM {schema}.outbox WHERE sent_at < now() - $1::interval", age)


async def measure(tx: Tx, schema: str) -> None:
    row = await tx.fetchrow(
        f"""
        SELECT count(*) AS unsent, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest
        FROM {schema}.outbox
        WHERE sent_at IS NULL
        """
    )
    assert row is not None
    UNSENT.labels(schema).set(row["unsent"])
    OLDEST.labels(schema).set(row["oldest"])


class Relay:
    """Publishes the outbox of one schema for as long as it runs."""

    def __init__(self, settings: Settings, bus: Bus, *, role: str, schema: str) -> None:
        self._settings = settings
        self._bus = bus
        self._role = role
        self._schema = schema
        self._wake = asyncio.Event()

    async def run(self) -> None:
        while True:
            try:
                await self._run_connected()
            except AWAY as error:
                log.warning("relay waits", schema=self._schema, error=repr(error))
                await asyncio.sleep(POLL_SECONDS)

    async def _run_connected(self) -> None:
        # A connection of its own: LISTEN is session state, and a pooler in front would drop it.
        url = self._settings.direct_database_url_for(self._role)
        conn = await asyncpg.connect(url, timeout=5, command_timeout=15)
        try:
            await conn.add_listener(f"{self._schema}_outbox", lambda *_: self._wake.set())
            swept = dt.datetime.min.replace(tzinfo=dt.UTC)
            while True:
                self._wake.clear()
                try:
                    while await self._relay_batch(conn) == BATCH:
                        pass
                finally:
                    # Also, and above all, while the broker takes nothing.
                    await measure(Tx(conn), self._schema)
                if dt.datetime.now(dt.UTC) - swept > SWEEP_EVERY:
                    await forget_sent(Tx(conn), self._schema, KEEP_SENT)
                    swept = dt.datetime.now(dt.UTC)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
        finally:
            await conn.close(timeout=2)

    async def _relay_batch(self, conn: "asyncpg.Connection[Row]") -> int:
        async with conn.transaction():
            tx = Tx(conn)
            rows = await take_unsent(tx, self._schema)
            if not rows:
                return 0
            outcomes = await asyncio.gather(*map(self._publish, rows), return_exceptions=True)
            sent = [row["id"] for row, outcome in zip(rows, outcomes, strict=True) if outcome is None]
            await mark_sent(tx, self._schema, sent)
        RELAYED.labels(self._schema, "sent").inc(len(sent))
        RELAYED.labels(self._schema, "failed").inc(len(rows) - len(sent))
        for outcome in outcomes:
            if outcome is not None:
                raise outcome
        return len(rows)

    async def _publish(self, row: Row) -> None:
        """Publish in the trace of the transaction that wrote it."""
        written_in = extract({"traceparent": row["traceparent"]} if row["traceparent"] else {})
        headers = {"event_id": str(row["event_id"])}
        with tracer.start_as_current_span(f"publish {row['topic']}", written_in, kind=trace.SpanKind.PRODUCER):
            inject(headers)
            await self._bus.publish(row["exchange"], row["topic"], row["body"], headers)
