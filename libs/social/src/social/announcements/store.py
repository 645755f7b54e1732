"""SQL for announcements. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, AnnouncementId
from social.announcements.model import Announcement, Notice, Reaction, Shown

COLUMNS = ", ".join(f"n.{name}" for name in Announcement.__struct_fields__)


async def published(db: Reader, viewer: AccountId, *, with_dismissed: bool) -> list[Shown]:
    """The oldest first."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}, r.account_id IS NOT NULL AS read
        FROM social.announcements n
        LEFT JOIN social.announcement_reads r ON r.announcement_id = n.id AND r.account_id = $1
        WHERE n.published_at IS NOT NULL AND ($2::boolean OR r.account_id IS NULL)
        ORDER BY coalesce(n.starts_at, n.scheduled_at, n.published_at), n.id
        """,
        viewer,
        with_dismissed,
    )
    return [Shown(_announcement(row), row["read"]) for row in rows]


async def by_id(db: Reader, announcement_id: AnnouncementId) -> Announcement | None:
    """If it is published."""
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.announcements n WHERE n.id = $1 AND n.published_at IS NOT NULL", announcement_id
    )
    return _announcement(row) if row else None


async def hold(tx: Tx, announcement_id: AnnouncementId) -> bool:
    """Whether it is published. Until the transaction ends nobody else holds it."""
    sql = "SELECT true FROM social.announcements WHERE id = $1 AND published_at IS NOT NULL FOR UPDATE"
    return bool(await tx.fetchval(sql, announcement_id))


async def everything(db: Reader) -> list[Announcement]:
    """Also what is planned or over; the newest first."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.announcements n ORDER BY n.id DESC LIMIT 500")
    return [_announcement(row) for row in rows]


async def add(tx: Tx, notice: Notice, published_at: dt.datetime | None) -> AnnouncementId:
    added: AnnouncementId = await tx.fetchval(
        """
        INSERT INTO social.announcements (text, all_day, starts_at, ends_at, scheduled_at, published_at)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
        """,
        notice.text,
        notice.all_day,
        notice.starts_at,
        notice.ends_at,
        notice.scheduled_at,
        published_at,
    )
    return added


async def remove(tx: Tx, announcement_id: AnnouncementId) -> bool:
    sql = "DELETE FROM social.announcements WHERE id = $1 RETURNING true"
    return bool(await tx.fetchval(sql, announcement_id))


async def publish_due(tx: Tx, now: dt.datetime) -> list[AnnouncementId]:
    """What was planned for this moment or before, and is not over yet."""
    rows = await tx.fetch(
        """
        UPDATE social.announcements SET published_at = $1, updated_at = $1
        WHERE published_at IS NULL AND scheduled_at <= $1 AND (ends_at IS NULL OR ends_at > $1)
        RETURNING id
        """,
        now,
    )
    return [row["id"] for row in rows]


async def withdraw_ended(tx: Tx, now: dt.datetime) -> list[AnnouncementId]:
    """What is over is shown no more."""
    rows = await tx.fetch(
        """
        UPDATE social.announcements SET published_at = NULL, scheduled_at = NULL, updated_at = $1
        WHERE published_at IS NOT NULL AND ends_at <= $1
        RETURNING id
        """,
        now,
    )
    return [row["id"] for row in rows]


async def add_read(tx: Tx, announcement_id: AnnouncementId, account_id: AccountId) -> None:
    await tx.execute(
        """
        INSERT INTO social.announcement_reads (announcement_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
        """,
        announcement_id,
        account_id,
    )


async def reactions_to(
    db: Reader, ids: Sequence[AnnouncementId], viewer: AccountId | None
) -> dict[AnnouncementId, list[Reaction]]:
    """Each in the order in which its kinds first came."""
    rows = await db.fetch(
        """
        SELECT announcement_id, name, count(*)::int AS count, coalesce(bool_or(account_id = $2), false) AS me
        FROM social.announcement_reactions
        WHERE announcement_id = ANY ($1::bigint[])
        GROUP BY announcement_id, name
        ORDER BY announcement_id, min(id)
        """,
        list(ids),
        viewer,
    )
    found: dict[AnnouncementId, list[Reaction]] = {}
    for row in rows:
        found.setdefault(row["announcement_id"], []).append(Reaction(**row))
    return found


async def add_reaction(tx: Tx, announcement_id: AnnouncementId, account_id: AccountId, name: str) -> bool:
    """False if they reacted so before."""
    done = await tx.fetchval(
        """
        INSERT INTO social.announcement_reactions (announcement_id, account_id, name) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        announcement_id,
        account_id,
        name,
    )
    return bool(done)


async def remove_reaction(tx: Tx, announcement_id: AnnouncementId, account_id: AccountId, name: str) -> bool:
    done = await tx.fetchval(
        """
        DELETE FROM social.announcement_reactions
        WHERE announcement_id = $1 AND account_id = $2 AND name = $3 RETURNING true
        """,
        announcement_id,
        account_id,
        name,
    )
    return bool(done)


def _announcement(row: Row) -> Announcement:
    return Announcement(**{name: row[name] for name in Announcement.__struct_fields__})
