"""SQL that ties statuses into conversations, whatever order they come in."""

from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import StatusId, Uri
from social.statuses.model import Answer, Status


async def names_of(db: Reader, conversations: Sequence[int]) -> dict[int, Uri]:
    """What the servers where they began call them; conversations that began here are absent."""
    rows = await db.fetch(
        "SELECT id, uri FROM social.conversations WHERE id = ANY ($1::bigint[]) AND uri IS NOT NULL",
        list(conversations),
    )
    return {row["id"]: row["uri"] for row in rows}


async def adopt_replies(tx: Tx, parent: Status) -> list[int]:
    """Replies that came before their parent find it now. Returns the other conversations they were in.

    Nothing becomes an answer to what answers it: servers can say so, and a thread would never end.
    """
    rows = await tx.fetch(
        """
        WITH RECURSIVE above (id, parent) AS (
            SELECT id, in_reply_to_id FROM social.statuses WHERE id = $1
            UNION
            SELECT s.id, s.in_reply_to_id FROM above JOIN social.statuses s ON s.id = above.parent
        ), adopted AS (
            UPDATE social.statuses
            SET in_reply_to_id = $1, in_reply_to_account_id = $2
            WHERE in_reply_to_uri = $3 AND in_reply_to_id IS NULL AND id NOT IN (SELECT id FROM above)
            RETURNING conversation_id
        )
        SELECT DISTINCT conversation_id FROM adopted WHERE conversation_id <> $4
        """,
        parent.id,
        parent.account_id,
        parent.uri,
        parent.conversation_id,
    )
    return [row["conversation_id"] for row in rows]


async def hold_conversation(tx: Tx, conversation_id: int) -> None:
    """Keep the conversation from being joined to another until the transaction ends."""
    await tx.fetchval("SELECT id FROM social.conversations WHERE id = $1 FOR KEY SHARE", conversation_id)


async def conversation_with(db: Reader, status_id: StatusId) -> int | None:
    """The conversation that the status is in now."""
    found: int | None = await db.fetchval("SELECT conversation_id FROM social.statuses WHERE id = $1", status_id)
    return found


async def join_conversation(tx: Tx, child: int, parent: int) -> None:
    """Bring everything in the child conversation into the parent's."""
    await tx.fetchval("SELECT social.join_conversation($1, $2)", child, parent)


async def own_replies_to(db: Reader, ids: Sequence[StatusId], limit: int) -> dict[StatusId, list[Answer]]:
    """The first replies of each status's own author that anybody may read."""
    rows = await db.fetch(
        """
        SELECT r.in_reply_to_id AS parent, r.id, r.uri
        FROM social.statuses s
        CROSS JOIN LATERAL (
            SELECT x.in_reply_to_id, x.id, x.uri FROM social.statuses x
            WHERE x.in_reply_to_id = s.id AND x.account_id = s.account_id AND x.visibility IN ('public', 'unlisted')
            ORDER BY x.id LIMIT $2
        ) r
        WHERE s.id = ANY ($1::bigint[])
        ORDER BY r.id
        """,
        list(ids),
        limit,
    )
    found: dict[StatusId, list[Answer]] = {}
    for row in rows:
        found.setdefault(row["parent"], []).append(Answer(id=row["id"], uri=row["uri"]))
    return found


async def replies_to(db: Reader, status: Status, limit: int, *, by_author: bool, after: int = 0) -> list[Answer]:
    """Direct replies that anybody may read, the author's own or those of others, oldest first."""
    rows = await db.fetch(
        """
        SELECT id, uri FROM social.statuses
        WHERE in_reply_to_id = $1 AND visibility IN ('public', 'unlisted')
            AND (account_id = $2) = $3 AND id > $4
        ORDER BY id LIMIT $5
        """,
        status.id,
        status.account_id,
        by_author,
        after,
        limit,
    )
    return [Answer(**row) for row in rows]


async def statuses_in(db: Reader, conversation_id: int, limit: int, *, after: int = 0) -> list[Answer]:
    """What anybody may read of a conversation, oldest first."""
    rows = await db.fetch(
        """
        SELECT id, uri FROM social.statuses
        WHERE conversation_id = $1 AND reblog_of_id IS NULL AND visibility IN ('public', 'unlisted') AND id > $3
        ORDER BY id LIMIT $2
        """,
        conversation_id,
        limit,
        after,
    )
    return [Answer(**row) for row in rows]


async def count_in(db: Reader, conversation_id: int) -> int:
    """How much of a conversation anybody may read."""
    count: int = await db.fetchval(
        """
        SELECT count(*) FROM social.statuses
        WHERE conversation_id = $1 AND reblog_of_id IS NULL AND visibility IN ('public', 'unlisted')
        """,
        conversation_id,
    )
    return count


async def elsewhere_in(db: Reader, conversation_id: int, limit: int) -> list[Uri]:
    """The posts of a conversation that lie on other servers, for anybody to read, oldest first."""
    rows = await db.fetch(
        """
        SELECT uri FROM social.statuses
        WHERE conversation_id = $1 AND reblog_of_id IS NULL AND NOT is_local
            AND visibility IN ('public', 'unlisted')
        ORDER BY id LIMIT $2
        """,
        conversation_id,
        limit,
    )
    return [row["uri"] for row in rows]
