"""SQL on the schema of inbox: requests that wait for a key, what is done once in a while, what hosts were asked."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `inbox.unverified`."""

    id: int
    host: str
    target: str
    headers: dict[str, str]
    body: bytes
    inbox_of: AccountId | None
    received_at: dt.datetime


async def add_waiting(
    tx: Tx,
    *,
    host: str,
    target: str,
    headers: dict[str, str],
    body: bytes,
    inbox_of: AccountId | None,
    received_at: dt.datetime,
    per_host: int,
    altogether: int,
) -> int | None:
    """Keep the request; None if its host, or everybody together, has as many waiting as may."""
    waiting_id: int | None = await tx.fetchval(
        """
        INSERT INTO inbox.unverified (host, target, headers, body, inbox_of, received_at)
        SELECT $1, $2, $3, $4, $5, $6
        WHERE (SELECT count(*) FROM inbox.unverified WHERE host = $1) < $7
            AND (SELECT count(*) FROM inbox.unverified) < $8
        RETURNING id
        """,
        host,
        target,
        headers,
        body,
        inbox_of,
        received_at,
        per_host,
        altogether,
    )
    return waiting_id


async def waiting(db: Reader, waiting_id: int) -> Waiting | None:
    row = await db.fetchrow(
        "SELECT id, host, target, headers, body, inbox_of, received_at FROM inbox.unverified WHERE id = $1", waiting_id
    )
    return Waiting(**row) if row else None


async def remove_waiting(tx: Tx, waiting_id: int) -> None:
    await tx.execute("DELETE FROM inbox.unverified WHERE id = $1", waiting_id)


async def forget_waiting(tx: Tx, *, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM inbox.unverified WHERE received_at < $1", before)


async def claim(tx: Tx, name: str, *, now: dt.datetime, until: dt.datetime) -> bool:
    """Whether this is ours to do: somebody who claimed it before keeps it until their moment has passed."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO inbox.claims AS c (name, until) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET until = excluded.until WHERE c.until <= $3
            RETURNING true
            """,
            name,
            until,
            now,
        )
    )


async def forget_claims(tx: Tx, *, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM inbox.claims WHERE until < $1", before)


async def spend(
    tx: Tx, hosts: Sequence[str], numbers: Sequence[int], *, now: dt.datetime, window: dt.timedelta
) -> dict[str, int]:
    """Note that the hosts are asked for so much more; how much that makes of each since its window began."""
    rows = await tx.fetch(
        """
        INSERT INTO inbox.spendings AS s (host, since, spent)
        SELECT h.host, $3, h.number FROM unnest($1::text[], $2::int[]) AS h (host, number) ORDER BY h.host
        ON CONFLICT (host) DO UPDATE
        SET since = CASE WHEN s.since < $3 - $4::interval THEN $3 ELSE s.since END,
            spent = excluded.spent + CASE WHEN s.since < $3 - $4::interval THEN 0 ELSE s.spent END
        RETURNING host, spent
        """,
        list(hosts),
        list(numbers),
        now,
        window,
    )
    return {row["host"]: row["spent"] for row in rows}


async def forget_spendings(tx: Tx, *, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM inbox.spendings WHERE since < $1", before)
