"""SQL for hashtags. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader
from contracts.ids import TagId
from social.tags.model import Tag, Usage

COLUMNS = ", ".join(Tag.__struct_fields__)

MOST_MATCHES = 2000
SHORT = 3


async def by_name(db: Reader, name: str) -> Tag | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.tags WHERE name = lower($1)", name)
    return Tag(**row) if row else None


async def search(db: Reader, words: str, *, reviewed: bool, limit: int, offset: int) -> list[Tag]:
    """The very tag comes first, then those that begin with the words, then those that contain them.

    Tags that moderators keep off lists, and with `reviewed` those they have not looked at, are found by their
    whole name alone.
    """
    name = words.lower()
    escaped = name.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    rows = await db.fetch(
        f"""
        WITH found AS (
            (SELECT * FROM social.tags WHERE name = $1)
            UNION
            (
                SELECT * FROM social.tags
                WHERE name LIKE $2 AND listable AND (NOT $3::boolean OR reviewed_at IS NOT NULL)
                LIMIT {MOST_MATCHES}
            )
        )
        SELECT {COLUMNS} FROM found
        ORDER BY name = $1 DESC, starts_with(name, $1) DESC, length(name), name
        LIMIT $4 OFFSET $5
        """,
        name,
        # Of fewer than three letters the trigram index knows only how names begin.
        f"%{escaped}%" if len(name) >= SHORT else f"{escaped}%",
        reviewed,
        limit,
        offset,
    )
    return [Tag(**row) for row in rows]


async def usage_of(db: Reader, ids: Sequence[TagId], since: dt.datetime) -> list[Usage]:
    """What anybody can see of how the tags were used, by day."""
    rows = await db.fetch(
        """
        SELECT st.tag_id, (s.created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS uses,
            count(DISTINCT s.account_id) AS accounts
        FROM social.status_tags st
        JOIN social.statuses s ON s.id = st.status_id
        WHERE st.tag_id = ANY ($1::bigint[]) AND s.created_at >= $2 AND s.visibility = 'public'
            AND st.status_id >= (floor(extract(epoch FROM $2) * 1000)::bigint << 16)
        GROUP BY 1, 2
        """,
        list(ids),
        since,
    )
    return [Usage(**row) for row in rows]
