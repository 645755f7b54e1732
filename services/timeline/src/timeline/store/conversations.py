"""SQL for conversations: direct threads as one of our people sees them, with the same people in them."""

from collections.abc import Collection, Sequence

import asyncpg
import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId, StatusId
from social.errors import NoSuchRecord
from social.paging import Page


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    participant_ids: Sequence[AccountId]
    last_status_id: StatusId
    unread: bool


_COLUMNS = ", ".join(f"c.{name}" for name in Conversation.__struct_fields__)

_LISTED = "c.account_id = $1 AND NOT c.hidden AND c.last_status_id IS NOT NULL"

# Who talks in the status (s) besides the reader (r.account_id).
_OTHERS = """
    ARRAY(
        SELECT x.id
        FROM (
            SELECT m.account_id AS id FROM social.mentions m WHERE m.status_id = s.id AND NOT m.silent
            UNION
            SELECT s.account_id
        ) x
        WHERE x.id <> r.account_id
        ORDER BY x.id
    )
"""

# The newest status that the reader (r.account_id) heard in a thread with these people (r.participant_ids).
_NEWEST = f"""
    SELECT max(s.id)
    FROM social.statuses s
    WHERE s.conversation_id = r.conversation_id AND s.visibility = 'direct'
        AND (s.account_id = r.account_id OR EXISTS (
            SELECT FROM social.mentions m
            WHERE m.status_id = s.id AND m.account_id = r.account_id AND NOT m.silent
        ))
        AND {_OTHERS} = r.participant_ids
        AND NOT EXISTS (
            SELECT FROM timeline.notifications n
            WHERE n.account_id = r.account_id AND n.status_id = s.id AND n.type = 'mention' AND n.filtered
        )
"""


async def add(tx: Tx, statuses: Collection[StatusId], readers: Collection[AccountId]) -> list[tuple[AccountId, int]]:
    """Note in the readers' conversations what was said; returns whose changed, and which."""
    try:
        rows = await tx.fetch(
            f"""
            INSERT INTO timeline.conversations AS c (
                account_id, conversation_id, participant_ids, last_status_id, unread
            )
            SELECT DISTINCT ON (r.account_id, r.conversation_id, r.participant_ids)
                r.account_id, r.conversation_id, r.participant_ids, last.id, last.account_id <> r.account_id
            FROM (
                SELECT r.account_id, s.id, s.conversation_id, {_OTHERS} AS participant_ids
                FROM unnest($2::bigint[]) AS r (account_id)
                CROSS JOIN social.statuses s
                WHERE s.id = ANY ($1::bigint[]) AND s.visibility = 'direct'
            ) r
            JOIN social.statuses last ON last.id = CASE
                WHEN EXISTS (
                    SELECT FROM timeline.conversations k
                    WHERE k.account_id = r.account_id AND k.conversation_id = r.conversation_id
                        AND k.participant_ids = r.participant_ids AND k.last_status_id IS NOT NULL
                ) THEN r.id
                -- New to us, though its posts may not be: they come in any order.
                ELSE ({_NEWEST})
            END
            ORDER BY r.account_id, r.conversation_id, r.participant_ids, last.id DESC
            ON CONFLICT (account_id, conversation_id, participant_ids) DO UPDATE
                SET last_status_id = excluded.last_status_id, unread = excluded.unread, hidden = false,
                    updated_at = now()
                WHERE excluded.last_status_id > coalesce(c.last_status_id, 0)
            RETURNING c.account_id, c.id
            """,
            list(statuses),
            list(readers),
        )
    except asyncpg.ForeignKeyViolationError as error:
        raise NoSuchRecord from error  # deleted, or joined to another thread, meanwhile
    return [(row["account_id"], row["id"]) for row in rows]


async def fall_back(tx: Tx, readers: Collection[AccountId] | None) -> list[tuple[AccountId, int]]:
    """Where the last status is gone, the former one is the last again. None: for everybody."""
    rows = await tx.fetch(
        f"""
        UPDATE timeline.conversations r SET last_status_id = ({_NEWEST})
        WHERE r.last_status_id IS NULL AND ($1::bigint[] IS NULL OR r.account_id = ANY ($1::bigint[]))
        RETURNING r.account_id, r.id, r.last_status_id
        """,
        list(readers) if readers is not None else None,
    )
    return [(row["account_id"], row["id"]) for row in rows if row["last_status_id"] is not None]


async def remove_empty(tx: Tx, readers: Collection[AccountId] | None) -> None:
    await tx.execute(
        """
        DELETE FROM timeline.conversations
        WHERE last_status_id IS NULL AND ($1::bigint[] IS NULL OR account_id = ANY ($1::bigint[]))
        """,
        list(readers) if readers is not None else None,
    )


async def page_of(db: Reader, account_id: AccountId, page: Page) -> list[Conversation]:
    """Those with the newest posts first; pages are counted by these."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS}
        FROM timeline.conversations c
        WHERE {_LISTED}
            AND ($2::bigint IS NULL OR c.last_status_id < $2) AND ($3::bigint IS NULL OR c.last_status_id > $3)
        ORDER BY c.last_status_id {order}
        LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    found = [Conversation(**row) for row in rows]
    return page.newest_first(found)


async def by_id(db: Reader, account_id: AccountId, conversation: int) -> Conversation | None:
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM timeline.conversations c WHERE {_LISTED} AND c.id = $2", account_id, conversation
    )
    return Conversation(**row) if row else None


async def set_unread(tx: Tx, account_id: AccountId, conversation: int, *, unread: bool) -> Conversation | None:
    row = await tx.fetchrow(
        f"UPDATE timeline.conversations c SET unread = $3 WHERE {_LISTED} AND c.id = $2 RETURNING {_COLUMNS}",
        account_id,
        conversation,
        unread,
    )
    return Conversation(**row) if row else None


async def hide(tx: Tx, account_id: AccountId, conversation: int) -> bool:
    """Out of sight until somebody says something; False if there is none. A forgotten one would come back by itself."""
    return bool(
        await tx.fetchval(
            f"""
            UPDATE timeline.conversations c SET hidden = true, unread = false WHERE {_LISTED} AND c.id = $2
            RETURNING true
            """,
            account_id,
            conversation,
        )
    )
