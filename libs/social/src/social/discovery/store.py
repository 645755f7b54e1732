"""SQL that finds people one does not know yet. One function, one statement, and each of them bounded."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId

Source = Literal["featured", "most_followed", "most_interactions", "similar_to_recently_followed", "friends_of_friends"]

# How far each step of the way from acquaintance to acquaintance looks.
FOLLOWED = 100
RECENT = 5
FOLLOWERS = 50
OF_EACH = 100
LATELY = 5000
FEWEST = 2


class Suggested(msgspec.Struct, frozen=True):
    """Somebody to follow, and why."""

    account_id: AccountId
    sources: list[Source]


# Whether `a` wants to be found by strangers, and may be.
_OPEN = """
    a.discoverable AND a.id > 0 AND a.suspended_at IS NULL AND a.silenced_at IS NULL AND a.moved_to_id IS NULL
    AND (NOT a.is_local OR EXISTS (
        SELECT FROM social.users u WHERE u.account_id = a.id AND u.confirmed_at IS NOT NULL AND u.disabled_at IS NULL
    ))
"""

# Whether the viewer in $1 has nothing against `a`, nor the other way round.
_WELCOME = """
    NOT EXISTS (
        SELECT FROM social.blocks b
        WHERE (b.account_id = $1 AND b.target_id = a.id) OR (b.account_id = a.id AND b.target_id = $1)
    )
    AND NOT EXISTS (
        SELECT FROM social.mutes m
        WHERE m.account_id = $1 AND m.target_id = a.id AND (m.expires_at IS NULL OR m.expires_at > now())
    )
    AND NOT EXISTS (SELECT FROM social.account_domain_blocks d WHERE d.account_id = $1 AND d.domain = a.domain)
"""

# Whom somebody might know or like, by source: the newest of everything, up to the bounds above.
_SOURCES = f"""
    mine AS MATERIALIZED (
        SELECT target_id AS id, f.id AS follow_id FROM social.follows f
        WHERE f.account_id = $1 ORDER BY f.id DESC LIMIT {FOLLOWED}
    ), found (id, source, priority, weight) AS (
        SELECT id, 'featured', 1, 0 - number::bigint
        FROM unnest($2::bigint[]) WITH ORDINALITY AS given (id, number)
        UNION ALL
        SELECT theirs.target_id, 'friends_of_friends', 2, count(*)
        FROM mine
        JOIN social.accounts friend ON friend.id = mine.id AND friend.hide_collections IS NOT TRUE
        CROSS JOIN LATERAL (
            SELECT f.target_id FROM social.follows f WHERE f.account_id = mine.id LIMIT {OF_EACH}
        ) theirs
        GROUP BY theirs.target_id
        UNION ALL
        SELECT also.target_id, 'similar_to_recently_followed', 3, count(*)
        FROM (SELECT id FROM mine ORDER BY follow_id DESC LIMIT {RECENT}) recent
        CROSS JOIN LATERAL (
            SELECT f.account_id FROM social.follows f
            WHERE f.target_id = recent.id AND f.account_id <> $1 ORDER BY f.id DESC LIMIT {FOLLOWERS}
        ) fellow
        JOIN social.accounts person ON person.id = fellow.account_id AND person.hide_collections IS NOT TRUE
        CROSS JOIN LATERAL (
            SELECT f.target_id FROM social.follows f
            WHERE f.account_id = fellow.account_id AND f.target_id <> recent.id LIMIT {OF_EACH}
        ) also
        GROUP BY also.target_id
        HAVING count(*) >= {FEWEST}
        UNION ALL
        SELECT late.target_id, 'most_followed', 4, count(*)
        FROM (SELECT f.account_id, f.target_id FROM social.follows f ORDER BY f.id DESC LIMIT {LATELY}) late
        JOIN social.users u ON u.account_id = late.account_id
        GROUP BY late.target_id
        HAVING count(*) >= {FEWEST}
        UNION ALL
        SELECT s.account_id, 'most_interactions', 5, count(*)
        FROM (SELECT f.account_id, f.status_id FROM social.favourites f ORDER BY f.id DESC LIMIT {LATELY}) late
        JOIN social.users u ON u.account_id = late.account_id
        JOIN social.statuses s ON s.id = late.status_id AND s.account_id <> late.account_id
        GROUP BY s.account_id
        HAVING count(*) >= {FEWEST}
    )
"""


async def suggestions(db: Reader, viewer: AccountId, featured: Sequence[AccountId], limit: int) -> list[Suggested]:
    """The best of each source in turn; those with several sources once, with all of them."""
    rows = await db.fetch(
        f"""
        WITH {_SOURCES}, ranked AS (
            SELECT found.*, row_number() OVER (PARTITION BY source ORDER BY weight DESC, found.id) AS place
            FROM found
            JOIN social.accounts a ON a.id = found.id
            WHERE {_OPEN} AND {_WELCOME} AND a.id <> $1
                AND NOT EXISTS (SELECT FROM social.follows x WHERE x.account_id = $1 AND x.target_id = a.id)
                AND NOT EXISTS (SELECT FROM social.follow_requests x WHERE x.account_id = $1 AND x.target_id = a.id)
                AND NOT EXISTS (
                    SELECT FROM social.suggestion_dismissals x WHERE x.account_id = $1 AND x.target_id = a.id
                )
        )
        SELECT id AS account_id, array_agg(source ORDER BY priority) AS sources
        FROM ranked
        GROUP BY id
        ORDER BY min(place), min(priority), id
        LIMIT $3
        """,
        viewer,
        list(featured),
        limit,
    )
    return [Suggested(**row) for row in rows]


async def add_dismissal(tx: Tx, account_id: AccountId, target_id: AccountId) -> None:
    """Never suggest them again."""
    await tx.execute(
        """
        INSERT INTO social.suggestion_dismissals (account_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
        """,
        account_id,
        target_id,
    )


async def newest(db: Reader, viewer: AccountId | None, *, local: bool, limit: int, offset: int) -> list[AccountId]:
    """Who came last, of those who want to be found."""
    rows = await db.fetch(
        f"""
        SELECT a.id FROM social.accounts a
        WHERE {_OPEN} AND {_WELCOME} AND (a.is_local OR NOT $2::boolean)
        ORDER BY a.id DESC
        LIMIT $3 OFFSET $4
        """,
        viewer,
        local,
        limit,
        offset,
    )
    return [row["id"] for row in rows]


async def most_active(db: Reader, viewer: AccountId | None, *, local: bool, limit: int, offset: int) -> list[AccountId]:
    """Who was heard of last, of those who want to be found and said anything."""
    rows = await db.fetch(
        f"""
        SELECT a.id
        FROM social.account_counts c JOIN social.accounts a ON a.id = c.account_id
        WHERE {_OPEN} AND {_WELCOME} AND (a.is_local OR NOT $2::boolean)
        ORDER BY c.last_status_at DESC NULLS LAST, a.id DESC
        LIMIT $3 OFFSET $4
        """,
        viewer,
        local,
        limit,
        offset,
    )
    return [row["id"] for row in rows]
