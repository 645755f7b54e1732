"""SQL for follows, blocks and mutes. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Uri
from social.relationships.model import Circle, Follow, Relation

COLUMNS = ", ".join(f"f.{name}" for name in Follow.__struct_fields__)


async def follow_between(db: Reader, account_id: AccountId, target_id: AccountId) -> Follow | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.follows f WHERE f.account_id = $1 AND f.target_id = $2", account_id, target_id
    )
    return Follow(**row) if row else None


async def request_between(db: Reader, account_id: AccountId, target_id: AccountId) -> Follow | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.follow_requests f WHERE f.account_id = $1 AND f.target_id = $2",
        account_id,
        target_id,
    )
    return Follow(**row) if row else None


async def follow_by_uri(db: Reader, uri: Uri) -> Follow | None:
    """A follow, or a request for one, by its activity's id."""
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS} FROM social.follows f WHERE f.uri = $1
        UNION ALL
        SELECT {COLUMNS} FROM social.follow_requests f WHERE f.uri = $1
        LIMIT 1
        """,
        uri,
    )
    return Follow(**row) if row else None


async def relations_of(db: Reader, viewer: AccountId, ids: Sequence[AccountId]) -> dict[AccountId, Relation]:
    """How the viewer stands to each of the accounts; accounts that do not exist are absent."""
    rows = await db.fetch(
        """
        SELECT a.id AS account_id,
            f.id IS NOT NULL AS following,
            coalesce(f.show_reblogs, r.show_reblogs, false) AS showing_reblogs,
            coalesce(f.notify, r.notify, false) AS notifying,
            coalesce(f.languages, r.languages) AS languages,
            EXISTS (SELECT FROM social.follows x WHERE x.account_id = a.id AND x.target_id = $1) AS followed_by,
            EXISTS (SELECT FROM social.blocks x WHERE x.account_id = $1 AND x.target_id = a.id) AS blocking,
            EXISTS (SELECT FROM social.blocks x WHERE x.account_id = a.id AND x.target_id = $1) AS blocked_by,
            m.id IS NOT NULL AS muting,
            coalesce(m.hide_notifications, false) AS muting_notifications,
            m.expires_at AS muting_expires_at,
            r.id IS NOT NULL AS requested,
            EXISTS (
                SELECT FROM social.follow_requests x WHERE x.account_id = a.id AND x.target_id = $1
            ) AS requested_by,
            EXISTS (
                SELECT FROM social.account_domain_blocks x WHERE x.account_id = $1 AND x.domain = a.domain
            ) AS domain_blocking,
            EXISTS (SELECT FROM social.endorsements x WHERE x.account_id = $1 AND x.target_id = a.id) AS endorsed,
            coalesce(n.comment, '') AS note
        FROM social.accounts a
        LEFT JOIN social.follows f ON f.account_id = $1 AND f.target_id = a.id
        LEFT JOIN social.follow_requests r ON r.account_id = $1 AND r.target_id = a.id
        LEFT JOIN social.mutes m ON m.account_id = $1 AND m.target_id = a.id
            AND (m.expires_at IS NULL OR m.expires_at > now())
        LEFT JOIN social.account_notes n ON n.account_id = $1 AND n.target_id = a.id
        WHERE a.id = ANY ($2::bigint[])
        """,
        viewer,
        list(ids),
    )
    return {row["account_id"]: Relation(**row) for row in rows}


async def circle_of(db: Reader, viewer: AccountId, ids: Sequence[AccountId]) -> Circle:
    """The part of the viewer's relations that decides what they may and want to see of these accounts."""
    row = await db.fetchrow(
        """
        SELECT
            ARRAY(SELECT target_id FROM social.follows WHERE account_id = $1 AND target_id = ANY ($2)) AS following,
            ARRAY(SELECT target_id FROM social.blocks WHERE account_id = $1 AND target_id = ANY ($2)) AS blocking,
            ARRAY(SELECT account_id FROM social.blocks WHERE target_id = $1 AND account_id = ANY ($2)) AS blocked_by,
            ARRAY(
                SELECT target_id FROM social.mutes
                WHERE account_id = $1 AND target_id = ANY ($2) AND (expires_at IS NULL OR expires_at > now())
            ) AS muting,
            ARRAY(
                SELECT a.id FROM social.accounts a
                JOIN social.account_domain_blocks d ON d.account_id = $1 AND d.domain = a.domain
                WHERE a.id = ANY ($2)
            ) AS domain_blocking
        """,
        viewer,
        list(ids),
    )
    assert row is not None
    return Circle(viewer=viewer, **{name: frozenset(found) for name, found in row.items()})


async def count_requests_to(db: Reader, account_id: AccountId) -> int:
    count: int = await db.fetchval("SELECT count(*) FROM social.follow_requests WHERE target_id = $1", account_id)
    return count


async def is_blocked(db: Reader, account_id: AccountId, target_id: AccountId) -> bool:
    """Whether `account_id` blocks `target_id`."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM social.blocks WHERE account_id = $1 AND target_id = $2)", account_id, target_id
        )
    )


async def blocks_server_of(db: Reader, account_id: AccountId, target_id: AccountId) -> bool:
    """Whether `account_id` wants nothing from the whole server of `target_id`."""
    return bool(
        await db.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM social.account_domain_blocks d
                JOIN social.accounts a ON a.domain = d.domain
                WHERE d.account_id = $1 AND a.id = $2
            )
            """,
            account_id,
            target_id,
        )
    )


async def is_kept_apart(db: Reader, one: AccountId, other: AccountId) -> bool:
    """Whether either of them blocks the other, or the other's whole server."""
    return bool(
        await db.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM social.blocks
                WHERE (account_id = $1 AND target_id = $2) OR (account_id = $2 AND target_id = $1)
            ) OR EXISTS (
                SELECT FROM social.account_domain_blocks d
                JOIN social.accounts a ON a.domain = d.domain
                WHERE (d.account_id = $1 AND a.id = $2) OR (d.account_id = $2 AND a.id = $1)
            )
            """,
            one,
            other,
        )
    )


async def set_follow(
    tx: Tx,
    account_id: AccountId,
    target_id: AccountId,
    uri: Uri,
    *,
    show_reblogs: bool,
    notify: bool,
    languages: Sequence[str] | None,
) -> bool:
    """Follow, or change how; True if it is new."""
    is_new: bool = await tx.fetchval(
        """
        INSERT INTO social.follows AS f (account_id, target_id, uri, show_reblogs, notify, languages)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account_id, target_id) DO UPDATE SET
            show_reblogs = excluded.show_reblogs, notify = excluded.notify, languages = excluded.languages,
            uri = excluded.uri
        RETURNING f.xmax = 0
        """,
        account_id,
        target_id,
        uri,
        show_reblogs,
        notify,
        list(languages) if languages is not None else None,
    )
    return is_new


async def set_request(
    tx: Tx,
    account_id: AccountId,
    target_id: AccountId,
    uri: Uri,
    *,
    show_reblogs: bool,
    notify: bool,
    languages: Sequence[str] | None,
) -> bool:
    """Ask to follow, or change how; True if it is new."""
    is_new: bool = await tx.fetchval(
        """
        INSERT INTO social.follow_requests AS f (account_id, target_id, uri, show_reblogs, notify, languages)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account_id, target_id) DO UPDATE SET
            show_reblogs = excluded.show_reblogs, notify = excluded.notify, languages = excluded.languages,
            uri = excluded.uri
        RETURNING f.xmax = 0
        """,
        account_id,
        target_id,
        uri,
        show_reblogs,
        notify,
        list(languages) if languages is not None else None,
    )
    return is_new


async def take_request(tx: Tx, account_id: AccountId, target_id: AccountId) -> Follow | None:
    """Remove the request and return it."""
    row = await tx.fetchrow(
        f"DELETE FROM social.follow_requests f WHERE f.account_id = $1 AND f.target_id = $2 RETURNING {COLUMNS}",
        account_id,
        target_id,
    )
    return Follow(**row) if row else None


async def remove_follow(tx: Tx, account_id: AccountId, target_id: AccountId) -> Follow | None:
    row = await tx.fetchrow(
        f"DELETE FROM social.follows f WHERE f.account_id = $1 AND f.target_id = $2 RETURNING {COLUMNS}",
        account_id,
        target_id,
    )
    return Follow(**row) if row else None


async def add_block(tx: Tx, account_id: AccountId, target_id: AccountId, uri: Uri) -> bool:
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.blocks (account_id, target_id, uri) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING
            RETURNING true
            """,
            account_id,
            target_id,
            uri,
        )
    )


async def remove_block(tx: Tx, account_id: AccountId, target_id: AccountId) -> Uri | None:
    """The block's URI; None if there was none."""
    uri: Uri | None = await tx.fetchval(
        "DELETE FROM social.blocks WHERE account_id = $1 AND target_id = $2 RETURNING uri", account_id, target_id
    )
    return uri


async def set_mute(
    tx: Tx, account_id: AccountId, target_id: AccountId, *, hide_notifications: bool, expires_at: dt.datetime | None
) -> None:
    await tx.execute(
        """
        INSERT INTO social.mutes (account_id, target_id, hide_notifications, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, target_id) DO UPDATE SET
            hide_notifications = excluded.hide_notifications, expires_at = excluded.expires_at
        """,
        account_id,
        target_id,
        hide_notifications,
        expires_at,
    )


async def remove_mute(tx: Tx, account_id: AccountId, target_id: AccountId) -> None:
    await tx.execute("DELETE FROM social.mutes WHERE account_id = $1 AND target_id = $2", account_id, target_id)


async def set_note(tx: Tx, account_id: AccountId, target_id: AccountId, comment: str) -> None:
    await tx.execute(
        """
        INSERT INTO social.account_notes (account_id, target_id, comment) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment
        """,
        account_id,
        target_id,
        comment,
    )
