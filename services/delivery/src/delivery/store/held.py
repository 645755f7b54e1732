"""SQL for deliveries that wait."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from chassis.db import Reader, Row, Tx
from delivery.model import Body, Due, Held, Host, Wait
from delivery.store.bodies import COLUMNS
from delivery.visiting import Stay

WAITS = """
    unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::bool[], $6::timestamptz[])
        AS w (body_id, inbox_url, host, attempts, challenged, due_at)
"""


def _columns(waits: Sequence[Wait]) -> list[list[Any]]:
    return [[getattr(wait, name) for wait in waits] for name in Wait.__struct_fields__]


async def add(tx: Tx, waits: Sequence[Wait], now: dt.datetime) -> None:
    """Hold the deliveries. Nothing is held of an activity that was forgotten meanwhile."""
    await tx.execute(
        f"""
        INSERT INTO delivery.held AS h (body_id, inbox_url, host, attempts, challenged, due_at, held_at)
        SELECT b.id, w.inbox_url, w.host, w.attempts, w.challenged, w.due_at, $7
        FROM {WAITS}
        JOIN delivery.bodies b ON b.id = w.body_id
        ORDER BY 1, 2
        ON CONFLICT (body_id, inbox_url) DO UPDATE
        SET attempts = greatest(h.attempts, excluded.attempts), due_at = excluded.due_at,
            challenged = h.challenged OR excluded.challenged
        """,
        *_columns(waits),
        now,
    )


async def hold(tx: Tx, waits: Sequence[Wait], now: dt.datetime) -> set[Host]:
    """Hold those whose hosts are not well, or have others waiting; which hosts these are.

    They stay so for as long as the transaction lasts.
    """
    rows = await tx.fetch(
        f"""
        WITH unwell AS (
            SELECT host FROM delivery.hosts WHERE host = ANY ($3) AND (state <> 'fast' OR paused)
            ORDER BY host FOR SHARE
        ), added AS (
            INSERT INTO delivery.held AS h (body_id, inbox_url, host, attempts, challenged, due_at, held_at)
            SELECT b.id, w.inbox_url, w.host, w.attempts, w.challenged, w.due_at, $7
            FROM {WAITS}
            JOIN unwell USING (host)
            JOIN delivery.bodies b ON b.id = w.body_id
            ORDER BY 1, 2
            ON CONFLICT (body_id, inbox_url) DO UPDATE
            SET attempts = greatest(h.attempts, excluded.attempts), due_at = excluded.due_at,
                challenged = h.challenged OR excluded.challenged
        )
        SELECT host FROM unwell
        """,
        *_columns(waits),
        now,
    )
    return {row["host"] for row in rows}


async def insure(tx: Tx, waits: Sequence[Wait], now: dt.datetime) -> None:
    """Hold deliveries that are on their way: should they never come to an end, they are tried again."""
    await tx.execute(
        f"""
        INSERT INTO delivery.held (body_id, inbox_url, host, attempts, challenged, due_at, held_at)
        SELECT b.id, w.inbox_url, w.host, w.attempts, w.challenged, w.due_at, $7
        FROM {WAITS}
        JOIN delivery.bodies b ON b.id = w.body_id
        ORDER BY 1, 2
        ON CONFLICT (body_id, inbox_url) DO NOTHING
        """,
        *_columns(waits),
        now,
    )


async def end_insurance(tx: Tx, waits: Sequence[Wait]) -> None:
    """These deliveries came to an end. What was held of them since, for another reason, stays."""
    await tx.execute(
        f"""
        DELETE FROM delivery.held h USING {WAITS}
        WHERE h.body_id = w.body_id AND h.inbox_url = w.inbox_url AND h.due_at = w.due_at
        """,
        *_columns(waits),
    )


async def oldest(db: Reader, host: Host, now: dt.datetime, limit: int) -> list[Held]:
    """What is to go out to the host next, in the order in which it was said."""
    rows = await db.fetch(
        f"""
        SELECT h.inbox_url, h.attempts, h.challenged, {COLUMNS}
        FROM delivery.held h
        JOIN delivery.bodies b ON b.id = h.body_id
        WHERE h.host = $1 AND (h.due_at IS NULL OR h.due_at <= $2)
        ORDER BY h.body_id, h.inbox_url
        LIMIT $3
        """,
        host,
        now,
        limit,
    )
    return [_held(row) for row in rows]


def _held(row: Row) -> Held:
    columns: dict[str, Any] = dict(row)
    body = Body(**{name: columns.pop(name) for name in Body.__struct_fields__})
    return Held(body=body, **columns)


async def is_queue_empty(db: Reader, host: Host, now: dt.datetime) -> bool:
    """Whether nothing waits its turn. What waits for a time of its own is no queue."""
    return not await db.fetchval(
        "SELECT EXISTS (SELECT FROM delivery.held WHERE host = $1 AND (due_at IS NULL OR due_at <= $2))", host, now
    )


async def remove(tx: Tx, done: Sequence[Held]) -> None:
    await tx.execute(
        """
        DELETE FROM delivery.held h
        USING unnest($1::bigint[], $2::text[]) AS d (body_id, inbox_url)
        WHERE h.body_id = d.body_id AND h.inbox_url = d.inbox_url
        """,
        [held.body.id for held in done],
        [held.inbox_url for held in done],
    )


async def put_aside(tx: Tx, stay: Stay) -> None:
    await tx.execute(
        """
        UPDATE delivery.held SET attempts = $3, challenged = $4, due_at = $5
        WHERE body_id = $1 AND inbox_url = $2
        """,
        stay.held.body.id,
        stay.held.inbox_url,
        stay.attempts,
        stay.challenged,
        stay.due_at,
    )


async def line_up(tx: Tx, hosts: Sequence[Host]) -> None:
    """What waited for a time of its own waits for its turn from now on."""
    await tx.execute(
        "UPDATE delivery.held SET due_at = NULL WHERE host = ANY ($1::text[]) AND due_at IS NOT NULL", list(hosts)
    )


async def take_due(tx: Tx, now: dt.datetime, limit: int) -> list[Due]:
    """Deliveries whose next try has come, to hosts that are well: they leave the table, to be jobs again."""
    rows = await tx.fetch(
        """
        DELETE FROM delivery.held h
        USING (
            SELECT w.body_id, w.inbox_url
            FROM delivery.held w
            WHERE coalesce(w.due_at, w.held_at) <= $1 AND NOT EXISTS (
                SELECT FROM delivery.hosts o WHERE o.host = w.host AND (o.state <> 'fast' OR o.paused)
            )
            ORDER BY w.body_id
            LIMIT $2
            FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE h.body_id = due.body_id AND h.inbox_url = due.inbox_url
        RETURNING h.body_id, h.inbox_url, h.attempts, h.challenged
        """,
        now,
        limit,
    )
    return [Due(**row) for row in rows]
