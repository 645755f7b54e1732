"""SQL for making notifications: whom they concern, how these stand to the sender, what is written."""

import datetime as dt
from collections.abc import Collection

import asyncpg
import msgspec

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, SeveranceId, StatusId
from social.errors import NoSuchRecord
from social.users.model import Role
from timeline.store.notifications import COLUMNS, WELCOME, Notification
from timeline.verdicts import Facts, Wishes

GROUP_HOURS = 12
"""How long after the first of them alike notifications still join it."""

OWN_DOING = frozenset({"poll", "severed_relationships", "moderation_warning"})
"""Kinds of which one is told though they seem to come from oneself."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, by whom. The rows named here take the notification along when they go."""

    type: str
    by: AccountId
    status_id: StatusId | None = None
    report_id: int | None = None
    boost_id: StatusId | None = None
    favourite_id: int | None = None
    follow_id: int | None = None
    follow_request_id: int | None = None
    quote_id: int | None = None
    severance_id: SeveranceId | None = None
    happened_at: dt.datetime | None = None
    """When the same may happen again, later (an edit): a newer one replaces the older."""

    @property
    def alike(self) -> str | None:
        """What those notifications have in common that clients show as one."""
        match self.type:
            case "favourite" | "reblog":
                return f"{self.type}-{self.status_id}"
            case "follow" | "admin.sign_up":
                return self.type
            case _:
                return None


_WISHES = ", ".join(f"p.{name}" for name in Wishes.__struct_fields__)


async def facts_of(db: Reader, cause: Cause, receivers: Collection[AccountId], *, in_private: bool) -> list[Facts]:
    """How those receivers who are ours, and not the sender, stand to the sender."""
    rows = await db.fetch(
        f"""
        SELECT n.account_id, n.role, {_WISHES}, NOT ({WELCOME}) AS unwelcome,
            EXISTS (
                SELECT FROM timeline.notification_permissions x
                WHERE x.account_id = n.account_id AND x.from_account_id = n.from_account_id
            ) AS permitted,
            EXISTS (
                SELECT FROM social.follows x WHERE x.account_id = n.account_id AND x.target_id = n.from_account_id
            ) AS follows,
            (
                SELECT x.created_at FROM social.follows x
                WHERE x.account_id = n.from_account_id AND x.target_id = n.account_id
            ) AS followed_since,
            $4 AND EXISTS (
                WITH RECURSIVE above AS (
                    SELECT s.id, s.in_reply_to_id, s.account_id, s.visibility, 0 AS depth
                    FROM social.statuses s
                    WHERE s.id = n.status_id
                    UNION ALL
                    SELECT s.id, s.in_reply_to_id, s.account_id, s.visibility, above.depth + 1
                    FROM above
                    JOIN social.statuses s ON s.id = above.in_reply_to_id
                    WHERE above.depth < 100
                )
                SELECT FROM above
                JOIN social.mentions m ON m.status_id = above.id AND m.account_id = n.from_account_id AND NOT m.silent
                WHERE above.account_id = n.account_id AND above.visibility = 'direct'
            ) AS answered
        FROM (
            SELECT u.account_id, u.role, $2::bigint AS from_account_id, $3::bigint AS status_id
            FROM social.users u
            JOIN social.accounts a ON a.id = u.account_id
            WHERE u.account_id = ANY ($1::bigint[]) AND a.suspended_at IS NULL AND ($5 OR u.account_id <> $2)
        ) n
        LEFT JOIN timeline.notification_policies p ON p.account_id = n.account_id
        """,
        list(receivers),
        cause.by,
        cause.status_id,
        in_private,
        cause.type in OWN_DOING,
    )
    return [_facts(row) for row in rows]


def _facts(row: Row) -> Facts:
    columns = dict(row)
    wishes = {name: wish for name in Wishes.__struct_fields__ if (wish := columns.pop(name)) is not None}
    return Facts(**columns | {"role": Role(columns["role"]), "wishes": Wishes(**wishes)})


async def add(
    tx: Tx, cause: Cause, *, aloud: Collection[AccountId], aside: Collection[AccountId]
) -> list[Notification]:
    """Tell these people, some of them aside, unless they know already; return what is new."""
    try:
        rows = await _add(tx, cause, aloud, aside)
    except asyncpg.ForeignKeyViolationError as error:
        raise NoSuchRecord from error  # undone between our reading it and our writing
    return [Notification(**row) for row in rows]


async def _add(tx: Tx, cause: Cause, aloud: Collection[AccountId], aside: Collection[AccountId]) -> list[Row]:
    """Who comes first begins the group: its row keeps others of the same moment waiting for what it says."""
    return await tx.fetch(
        f"""
        WITH wanted AS (
            SELECT account_id, false AS filtered FROM unnest($1::bigint[]) AS w (account_id)
            UNION ALL
            SELECT account_id, true FROM unnest($2::bigint[]) AS w (account_id)
        ), grouped AS (
            INSERT INTO timeline.notification_groups AS g (account_id, alike, hour)
            SELECT w.account_id, $13::text, extract(epoch FROM now())::bigint / 3600
            FROM wanted w
            WHERE $13::text IS NOT NULL AND NOT w.filtered
            ORDER BY w.account_id
            ON CONFLICT (account_id, alike) DO UPDATE
                SET hour = CASE WHEN excluded.hour < g.hour + {GROUP_HOURS} THEN g.hour ELSE excluded.hour END
            RETURNING account_id, alike || '-' || hour AS key
        )
        INSERT INTO timeline.notifications AS n (
            account_id, type, from_account_id, status_id, report_id, boost_id, favourite_id, follow_id,
            follow_request_id, quote_id, severance_id, created_at, filtered, group_key
        )
        SELECT w.account_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14, coalesce($12::timestamptz, now()), w.filtered,
            grouped.key
        FROM wanted w
        LEFT JOIN grouped ON grouped.account_id = w.account_id
        ON CONFLICT (
            account_id, type, from_account_id, coalesce(status_id, 0), coalesce(report_id, 0), coalesce(severance_id, 0)
        ) DO UPDATE
            SET id = excluded.id, created_at = excluded.created_at, dismissed_at = NULL
            WHERE $12::timestamptz > n.created_at
        RETURNING {COLUMNS}
        """,
        list(aloud),
        list(aside),
        cause.type,
        cause.by,
        cause.status_id,
        cause.report_id,
        cause.boost_id,
        cause.favourite_id,
        cause.follow_id,
        cause.follow_request_id,
        cause.quote_id,
        cause.happened_at,
        cause.alike,
        cause.severance_id,
    )


async def forget_closed_groups(tx: Tx, before: dt.datetime) -> None:
    await tx.execute(
        "DELETE FROM timeline.notification_groups WHERE hour < extract(epoch FROM $1::timestamptz)::bigint / 3600",
        before,
    )


async def favourite_between(db: Reader, status_id: StatusId, account_id: AccountId) -> int | None:
    favourite: int | None = await db.fetchval(
        "SELECT id FROM social.favourites WHERE status_id = $1 AND account_id = $2", status_id, account_id
    )
    return favourite


async def named_in(db: Reader, status_id: StatusId) -> list[AccountId]:
    """Whom the status mentions by name."""
    rows = await db.fetch("SELECT account_id FROM social.mentions WHERE status_id = $1 AND NOT silent", status_id)
    return [row["account_id"] for row in rows]


async def watchers_of(db: Reader, status_id: StatusId) -> list[AccountId]:
    """Who wants to hear of each post of the author, and is not named in this one anyway."""
    rows = await db.fetch(
        """
        SELECT f.account_id
        FROM social.statuses s
        JOIN social.follows f ON f.target_id = s.account_id AND f.notify
        WHERE s.id = $1 AND NOT EXISTS (
            SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = f.account_id
        )
        """,
        status_id,
    )
    return [row["account_id"] for row in rows]


async def local_boosters_of(db: Reader, status_id: StatusId) -> list[AccountId]:
    rows = await db.fetch("SELECT account_id FROM social.statuses WHERE reblog_of_id = $1 AND is_local", status_id)
    return [row["account_id"] for row in rows]


async def moderators(db: Reader) -> list[AccountId]:
    """Who looks after the server."""
    rows = await db.fetch("SELECT account_id FROM social.users WHERE role <> 'User' AND disabled_at IS NULL")
    return [row["account_id"] for row in rows]
