"""SQL for activities that go out, and for who was reached by what."""

import datetime as dt
from collections.abc import Collection, Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Uri
from delivery.model import Body, BodyId, Recipient, host_of

COLUMNS = ", ".join(f"b.{name}" for name in Body.__struct_fields__)


async def by_id(db: Reader, body_id: BodyId) -> Body | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM delivery.bodies b WHERE b.id = $1", body_id)
    return Body(**row) if row else None


async def add(
    tx: Tx,
    *,
    activity: Uri,
    about: Uri | None,
    sender: AccountId,
    content: bytes,
    happened_at: dt.datetime,
    now: dt.datetime,
    again_after: dt.timedelta | None,
    for_followers: bool = False,
    planned: int,
) -> BodyId | None:
    """Store an activity; None if it is known, and was so within `again_after` if that is given."""
    body_id: BodyId | None = await tx.fetchval(
        """
        INSERT INTO delivery.bodies AS b (
            activity_uri, object_uri, sender_id, content, happened_at, created_at, for_followers, planned
        )
        VALUES ($1, $2, $3, $4, $5, $6, $8, $9)
        ON CONFLICT (activity_uri) DO UPDATE
        SET content = excluded.content, happened_at = excluded.happened_at, created_at = excluded.created_at,
            planned = excluded.planned
        WHERE b.created_at < excluded.created_at - $7::interval
        RETURNING id
        """,
        activity,
        about,
        sender,
        content,
        happened_at,
        now,
        again_after,
        for_followers,
        planned,
    )
    return body_id


async def withdraw(tx: Tx, about: Uri, now: dt.datetime) -> None:
    """What was said about the object and has not gone out yet needs no saying any more."""
    await tx.execute(
        "UPDATE delivery.bodies SET withdrawn_at = $2 WHERE object_uri = $1 AND withdrawn_at IS NULL", about, now
    )


async def expire(tx: Tx, before: dt.datetime, limit: int) -> int:
    """Forget the oldest activities and what is held of them; how many deliveries were given up by that.

    Of more than `limit` the rest is left for another time.
    """
    given_up: int = await tx.fetchval(
        """
        WITH old AS (
            SELECT id FROM delivery.bodies WHERE created_at < $1 ORDER BY created_at LIMIT $2
        ), gone AS (
            DELETE FROM delivery.bodies b USING old WHERE b.id = old.id
        )
        SELECT count(*) FROM delivery.held h JOIN old ON old.id = h.body_id
        """,
        before,
        limit,
    )
    return given_up


async def ensure_inboxes(tx: Tx, urls: Collection[str]) -> list[int]:
    """The numbers of the inboxes, new ones made known."""
    rows = await tx.fetch(
        """
        WITH named AS (
            SELECT DISTINCT url FROM unnest($1::text[]) AS n (url)
        ), added AS (
            INSERT INTO delivery.inboxes (url)
            SELECT url FROM named WHERE url NOT IN (SELECT i.url FROM delivery.inboxes i JOIN named USING (url))
            ORDER BY url
            ON CONFLICT (url) DO UPDATE SET url = excluded.url
            RETURNING id
        )
        SELECT id FROM added
        UNION ALL
        SELECT i.id FROM delivery.inboxes i JOIN named USING (url)
        """,
        list(urls),
    )
    return [row["id"] for row in rows]


async def add_reached(tx: Tx, about: Uri, inbox_ids: Sequence[int]) -> None:
    """Remember that these inboxes hold a copy."""
    await tx.execute(
        """
        INSERT INTO delivery.reached AS r (object_uri, inbox_ids) VALUES ($1, $2)
        ON CONFLICT (object_uri) DO UPDATE
        SET inbox_ids = ARRAY(SELECT unnest(r.inbox_ids) UNION SELECT unnest(excluded.inbox_ids))
        -- What is widely known is a long list, and most who boost it come from where it is known.
        WHERE NOT r.inbox_ids @> excluded.inbox_ids
        """,
        about,
        list(inbox_ids),
    )


async def reached_by(db: Reader, about: Uri) -> list[Recipient]:
    """Every inbox that holds a copy."""
    rows = await db.fetch(
        """
        SELECT i.url
        FROM delivery.reached r
        JOIN delivery.inboxes i ON i.id = ANY (r.inbox_ids)
        WHERE r.object_uri = $1
        ORDER BY i.url
        """,
        about,
    )
    return [Recipient(row["url"], host_of(row["url"])) for row in rows]


async def forget_reached(tx: Tx, about: Uri) -> None:
    await tx.execute("DELETE FROM delivery.reached WHERE object_uri = $1", about)


async def lock(tx: Tx, name: str) -> None:
    """Keep other planners off this until the transaction ends: a Delete must see whom the Create went to."""
    await tx.fetchval("SELECT pg_advisory_xact_lock(hashtextextended('delivery ' || $1, 0))", name)
