"""SQL that searches in statuses. One function, one statement, and each of them bounded."""

import msgspec

from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from social.paging import Page
from social.statuses.query import Sought

MOST_MATCHES = 5000
NEWEST = 2000

# What can be said of a status with `has:` and `is:`.
_TRAITS = """
    SELECT m.kind FROM social.media_attachments m WHERE m.status_id = s.id
    UNION ALL SELECT 'media' FROM social.media_attachments m WHERE m.status_id = s.id
    UNION ALL SELECT 'poll' FROM social.polls p WHERE p.status_id = s.id
    UNION ALL SELECT 'quote' FROM social.quotes q WHERE q.status_id = s.id
    UNION ALL SELECT 'link' FROM social.status_cards sc WHERE sc.status_id = s.id
    UNION ALL SELECT 'embed' FROM social.status_cards sc JOIN social.preview_cards c ON c.id = sc.card_id
        WHERE sc.status_id = s.id AND c.type = 'video'
    UNION ALL SELECT 'sensitive' WHERE s.sensitive
    UNION ALL SELECT 'reply' WHERE s.in_reply_to_id IS NOT NULL OR s.in_reply_to_uri IS NOT NULL
    UNION ALL SELECT 'bot' WHERE a.actor_type IN ('Service', 'Application')
"""

_WORDS = "to_tsvector('simple', s.spoiler_text || ' ' || s.content) @@ websearch_to_tsquery('simple', $16)"

# $1 the viewer, $2 and $3 the bounds of the page, $4 and $5 limit and offset, $6 to $16 what is sought.
_BOUNDS = "($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)"
_BY_ROW = f"""
    s.reblog_of_id IS NULL AND {_BOUNDS}
    AND ($6::bigint[] IS NULL OR s.account_id = ANY ($6)) AND NOT s.account_id = ANY ($7::bigint[])
    AND ($8::timestamptz IS NULL OR s.created_at >= $8) AND ($9::timestamptz IS NULL OR s.created_at < $9)
    AND NOT (s.created_at AT TIME ZONE 'UTC')::date = ANY ($10::date[])
    AND ($11::text[] = '{{}}' OR lower(s.language) = ANY ($11))
    AND (s.language IS NULL OR NOT lower(s.language) = ANY ($12::text[]))
"""
# The viewer's library is what they wrote, kept, passed on, were named in or voted on; beside it stands what
# its author lets everybody find.
_FINDABLE = f"""
    a.suspended_at IS NULL
    AND CASE WHEN $13::text[] = '{{}}' AND $14::text[] = '{{}}' THEN true
        ELSE (SELECT t.traits @> $13 AND NOT t.traits && $14 FROM (SELECT ARRAY({_TRAITS}) AS traits) t) END
    AND (
        ($15::text <> 'library' AND s.visibility = 'public' AND a.indexable)
        OR ($15 <> 'public' AND (
            s.account_id = $1
            OR EXISTS (SELECT FROM social.favourites x WHERE x.status_id = s.id AND x.account_id = $1)
            OR EXISTS (SELECT FROM social.bookmarks x WHERE x.status_id = s.id AND x.account_id = $1)
            OR EXISTS (SELECT FROM social.statuses x WHERE x.reblog_of_id = s.id AND x.account_id = $1)
            OR EXISTS (SELECT FROM social.mentions x WHERE x.status_id = s.id AND x.account_id = $1)
            OR EXISTS (
                SELECT FROM social.polls p JOIN social.poll_votes x ON x.poll_id = p.id
                WHERE p.status_id = s.id AND x.account_id = $1
            )
        ))
    )
"""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What is sought, with authors by id: all of them if None."""

    sought: Sought
    authors: frozenset[AccountId] | None = None
    not_authors: frozenset[AccountId] = frozenset()


async def with_words(db: Reader, viewer: AccountId, wanted: Filter, page: Page, offset: int) -> list[StatusId]:
    """Newest first. Of words in more than 5,000 statuses the newest 2,000 statuses are searched as well."""
    rows = await db.fetch(
        f"""
        WITH matching AS MATERIALIZED (
            -- Without an order here the planner takes the words' index, not a walk over everything by id.
            SELECT s.id FROM social.statuses s WHERE {_WORDS} AND {_BY_ROW} LIMIT {MOST_MATCHES}
        ), newest AS MATERIALIZED (
            SELECT s.id
            FROM (
                SELECT s.* FROM social.statuses s WHERE s.reblog_of_id IS NULL AND {_BOUNDS}
                ORDER BY s.id DESC LIMIT {NEWEST}
            ) s
            WHERE (SELECT count(*) FROM matching) >= {MOST_MATCHES} AND {_WORDS} AND {_BY_ROW}
        )
        SELECT found.id
        FROM (SELECT id FROM matching UNION SELECT id FROM newest ORDER BY id DESC OFFSET 0) found
        -- One by one: joined, the planner walks all statuses in the order of their ids.
        CROSS JOIN LATERAL (
            SELECT FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id
            WHERE s.id = found.id AND {_FINDABLE}
            OFFSET 0
        ) kept
        ORDER BY found.id DESC
        LIMIT $4 OFFSET $5
        """,
        *_arguments(viewer, wanted, page, offset),
    )
    return [row["id"] for row in rows]


async def without_words(db: Reader, viewer: AccountId, wanted: Filter, page: Page, offset: int) -> list[StatusId]:
    """Newest first, out of the newest 2,000 of each author, of each part of the library, and of all that is public."""
    rows = await db.fetch(
        f"""
        WITH candidates AS MATERIALIZED (
            (
                SELECT s.id
                FROM unnest($6::bigint[]) AS author (id)
                CROSS JOIN LATERAL (
                    SELECT s.id FROM social.statuses s WHERE s.account_id = author.id AND {_BOUNDS}
                    ORDER BY s.id DESC LIMIT {NEWEST}
                ) s
            ) UNION (
                SELECT s.id FROM social.statuses s
                WHERE s.visibility = 'public' AND s.reblog_of_id IS NULL AND {_BOUNDS}
                    AND $6 IS NULL AND $15::text <> 'library'
                ORDER BY s.id DESC LIMIT {NEWEST}
            ) UNION (
                SELECT coalesce(s.reblog_of_id, s.id) FROM social.statuses s
                WHERE s.account_id = $1 AND $6 IS NULL AND (s.reblog_of_id IS NOT NULL OR {_BOUNDS})
                ORDER BY s.id DESC LIMIT {NEWEST}
            ) UNION (
                SELECT f.status_id FROM social.favourites f WHERE f.account_id = $1 AND $6 IS NULL
                ORDER BY f.id DESC LIMIT {NEWEST}
            ) UNION (
                SELECT b.status_id FROM social.bookmarks b WHERE b.account_id = $1 AND $6 IS NULL
                ORDER BY b.status_id DESC LIMIT {NEWEST}
            ) UNION (
                SELECT n.status_id FROM social.mentions n WHERE n.account_id = $1 AND $6 IS NULL
                ORDER BY n.status_id DESC LIMIT {NEWEST}
            )
        )
        SELECT found.id
        FROM (SELECT id FROM candidates ORDER BY id DESC OFFSET 0) found
        CROSS JOIN LATERAL (
            SELECT FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id
            WHERE s.id = found.id AND {_BY_ROW} AND ($16::text = '' OR {_WORDS}) AND {_FINDABLE}
            OFFSET 0
        ) kept
        ORDER BY found.id DESC
        LIMIT $4 OFFSET $5
        """,
        *_arguments(viewer, wanted, page, offset),
    )
    return [row["id"] for row in rows]


def _arguments(viewer: AccountId, wanted: Filter, page: Page, offset: int) -> tuple[object, ...]:
    sought = wanted.sought
    return (
        viewer,
        page.max_id,
        page.after,
        page.limit,
        offset,
        sorted(wanted.authors) if wanted.authors is not None else None,
        sorted(wanted.not_authors),
        sought.since,
        sought.until,
        sorted(sought.not_days),
        sorted(sought.languages),
        sorted(sought.not_languages),
        sorted(sought.traits),
        sorted(sought.not_traits),
        sought.place,
        sought.words,
    )
