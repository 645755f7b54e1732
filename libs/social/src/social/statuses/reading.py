"""SQL that reads statuses. One function, one statement."""

from collections.abc import Sequence
from typing import Any

import msgspec

from chassis.db import Reader, Row
from contracts.ids import AccountId, StatusId, Uri
from social.paging import Page
from social.polls.model import Poll
from social.quotes.model import Quote
from social.reactions.model import Reactions
from social.reactions.store import UNDER_STATUS
from social.statuses.model import Attachment, Card, Edit, FullStatus, Mention, Status, StatusTag

COLUMNS = ", ".join(f"s.{name}" for name in Status.__struct_fields__)
ATTACHMENT = ", ".join(f"'{name}', m.{name}" for name in Attachment.__struct_fields__)
CARD = ", ".join(f"card.{name}" for name in Card.__struct_fields__ if name != "url")

# The poll of the row `s` with its numbers.
POLL = """
    (
        SELECT to_jsonb(poll)
        FROM (
            SELECT p.*,
                ARRAY(
                    SELECT coalesce(v.votes[i], 0) FROM generate_series(1, cardinality(p.options)) AS i
                    ORDER BY i
                ) AS votes,
                CASE WHEN p.is_local THEN coalesce(v.voters, 0) ELSE v.voters END AS voters
            FROM social.polls p LEFT JOIN social.poll_counts v ON v.poll_id = p.id
            WHERE p.status_id = s.id
        ) AS poll
    )
"""

# Whether the account in parameter 2 (or nobody, when it is null) may read the row `s` by `author`.
VISIBLE = """
    author.suspended_at IS NULL
    AND (
        s.visibility IN ('public', 'unlisted')
        OR s.account_id = $2
        OR EXISTS (SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = $2)
        OR (s.visibility = 'private' AND EXISTS (
            SELECT FROM social.follows f WHERE f.account_id = $2 AND f.target_id = s.account_id
        ))
    )
    AND NOT EXISTS (SELECT FROM social.blocks b WHERE b.account_id = s.account_id AND b.target_id = $2)
"""


async def by_id(db: Reader, status_id: StatusId) -> Status | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.statuses s WHERE s.id = $1", status_id)
    return Status(**row) if row else None


async def by_uri(db: Reader, uri: Uri) -> Status | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.statuses s WHERE s.uri = $1", uri)
    return Status(**row) if row else None


async def many(db: Reader, ids: Sequence[StatusId]) -> dict[StatusId, Status]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.statuses s WHERE s.id = ANY ($1::bigint[])", list(ids))
    return {row["id"]: Status(**row) for row in rows}


async def visible_to(db: Reader, status_id: StatusId, viewer: AccountId | None) -> Status | None:
    """The status, if this viewer may see it. A boost is as visible as what it boosts."""
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS}
        FROM social.statuses s
        JOIN social.accounts author ON author.id = s.account_id
        WHERE s.id = $1 AND {VISIBLE}
        """,
        status_id,
        viewer,
    )
    return Status(**row) if row else None


async def boost_of(db: Reader, account_id: AccountId, status_id: StatusId) -> Status | None:
    """The account's boost of the status."""
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.statuses s WHERE s.account_id = $1 AND s.reblog_of_id = $2",
        account_id,
        status_id,
    )
    return Status(**row) if row else None


async def full(db: Reader, ids: Sequence[StatusId]) -> dict[StatusId, FullStatus]:
    """Statuses with all that belongs to them, and likewise what they boost, and what those quote."""
    rows = await db.fetch(
        f"""
        WITH asked AS (
            SELECT id FROM unnest($1::bigint[]) AS a (id)
            UNION
            SELECT reblog_of_id FROM social.statuses WHERE id = ANY ($1::bigint[]) AND reblog_of_id IS NOT NULL
        ), wanted AS (
            SELECT id FROM asked
            UNION
            SELECT q.quoted_status_id FROM asked JOIN social.quotes q ON q.status_id = asked.id
            WHERE q.state = 'accepted' AND q.quoted_status_id IS NOT NULL
        )
        SELECT {COLUMNS},
            coalesce(c.replies, 0) AS replies, coalesce(greatest(c.reblogs, c.reblogs_elsewhere), 0) AS reblogs,
            coalesce(greatest(c.favourites, c.favourites_elsewhere), 0) AS favourites,
            coalesce(c.quotes, 0) AS quotes,
            app.name AS app_name, app.website AS app_website, to_jsonb(q) AS quote,
            (
                SELECT jsonb_agg(jsonb_build_object('account_id', a.id, 'username', a.username, 'domain', a.domain,
                    'uri', a.uri, 'url', a.url, 'silent', n.silent,
                    'followers_url', CASE WHEN a.actor_type = 'Group' THEN a.followers_url END) ORDER BY a.id)
                FROM social.mentions n JOIN social.accounts a ON a.id = n.account_id
                WHERE n.status_id = s.id
            ) AS mentions,
            (
                SELECT jsonb_agg(jsonb_build_object('name', t.name, 'display_name', t.display_name) ORDER BY t.name)
                FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id
                WHERE st.status_id = s.id
            ) AS tags,
            (
                SELECT jsonb_agg(jsonb_build_object({ATTACHMENT}) ORDER BY m.position, m.id)
                FROM social.media_attachments m
                WHERE m.status_id = s.id
            ) AS media,
            {POLL} AS poll,
            {UNDER_STATUS} AS reactions,
            (
                SELECT to_jsonb(card)
                FROM (
                    SELECT sc.url, {CARD}
                    FROM social.status_cards sc JOIN social.preview_cards card ON card.id = sc.card_id
                    WHERE sc.status_id = s.id
                ) AS card
            ) AS card
        FROM wanted
        JOIN social.statuses s ON s.id = wanted.id
        LEFT JOIN social.status_counts c ON c.status_id = s.id
        LEFT JOIN social.apps app ON app.id = s.app_id
        LEFT JOIN social.quotes q ON q.status_id = s.id
        """,
        list(ids),
    )
    return {row["id"]: _full(row) for row in rows}


def _full(row: Row) -> FullStatus:
    columns: dict[str, Any] = dict(row)
    status = Status(**{name: columns.pop(name) for name in Status.__struct_fields__})
    return FullStatus(
        status=status,
        mentions=msgspec.convert(columns.pop("mentions") or [], list[Mention]),
        tags=msgspec.convert(columns.pop("tags") or [], list[StatusTag]),
        media=msgspec.convert(columns.pop("media") or [], list[Attachment]),
        poll=msgspec.convert(columns.pop("poll"), Poll | None),
        quote=msgspec.convert(columns.pop("quote"), Quote | None),
        card=msgspec.convert(columns.pop("card"), Card | None),
        reactions=msgspec.convert(columns.pop("reactions") or [], list[Reactions]),
        **columns,
    )


async def edits_of(db: Reader, status_id: StatusId) -> list[Edit]:
    """Former versions, oldest first. The present one is the status itself."""
    rows = await db.fetch(
        """
        SELECT content, spoiler_text, sensitive, media_ids, emoji_ids, poll_options, created_at
        FROM social.status_edits
        WHERE status_id = $1
        ORDER BY id
        """,
        status_id,
    )
    return [Edit(**row) for row in rows]


async def thread_of(
    db: Reader, status_id: StatusId, *, up: int, down: int, depth: int
) -> tuple[list[StatusId], list[StatusId]]:
    """What the status answers, oldest first, and what answers it, depth first, as a thread is read.

    Each once: a ring of replies, should one be there, ends where it began.
    """
    row = await db.fetchrow(
        """
        WITH RECURSIVE above (id, parent, distance) AS (
            SELECT id, in_reply_to_id, 0 FROM social.statuses WHERE id = $1
            UNION ALL
            SELECT s.id, s.in_reply_to_id, above.distance + 1
            FROM above JOIN social.statuses s ON s.id = above.parent
            WHERE above.distance < $2
        ), below (id, path) AS (
            SELECT id, ARRAY[id] FROM social.statuses WHERE in_reply_to_id = $1
            UNION ALL
            SELECT s.id, below.path || s.id
            FROM below JOIN social.statuses s ON s.in_reply_to_id = below.id
            WHERE cardinality(below.path) < $4 AND NOT s.id = ANY (below.path)
        )
        SELECT
            ARRAY(SELECT id FROM above WHERE id <> $1 GROUP BY id ORDER BY min(distance) DESC),
            ARRAY(SELECT id FROM below ORDER BY path LIMIT $3)
        """,
        status_id,
        up,
        down,
        depth,
    )
    assert row is not None
    return row[0], row[1]


async def of_account(
    db: Reader,
    account_id: AccountId,
    viewer: AccountId | None,
    page: Page,
    *,
    exclude_replies: bool = False,
    exclude_reblogs: bool = False,
    only_media: bool = False,
    pinned: bool = False,
    tagged: str | None = None,
) -> list[StatusId]:
    """What the viewer may see of an account's statuses, newest first."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT s.id
        FROM social.statuses s
        JOIN social.accounts author ON author.id = s.account_id
        WHERE s.account_id = $1 AND {VISIBLE}
            AND ($3::bigint IS NULL OR s.id < $3) AND ($4::bigint IS NULL OR s.id > $4)
            AND (NOT $6 OR s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id = s.account_id)
            AND (NOT $7 OR s.reblog_of_id IS NULL)
            AND (NOT $8 OR EXISTS (SELECT FROM social.media_attachments m WHERE m.status_id = s.id))
            AND (NOT $9 OR EXISTS (
                SELECT FROM social.status_pins p WHERE p.status_id = s.id AND p.account_id = s.account_id
            ))
            AND ($10::text IS NULL OR EXISTS (
                SELECT FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id
                WHERE st.status_id = s.id AND t.name = lower($10)
            ))
        ORDER BY s.id {order}
        LIMIT $5
        """,
        account_id,
        viewer,
        page.max_id,
        page.after,
        page.limit,
        exclude_replies,
        exclude_reblogs,
        only_media,
        pinned,
        tagged,
    )
    ids = [StatusId(row["id"]) for row in rows]
    return page.newest_first(ids)


async def tags_of(db: Reader, status_id: StatusId) -> list[str]:
    rows = await db.fetch(
        """
        SELECT t.name FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id
        WHERE st.status_id = $1 ORDER BY t.name
        """,
        status_id,
    )
    return [row["name"] for row in rows]


async def is_tombstone(db: Reader, uri: Uri, author: Uri) -> bool:
    """Whether the author deleted it. What anybody else said about it does not count."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM social.tombstones WHERE uri = $1 AND actor_uri = $2)", uri, author
        )
    )
