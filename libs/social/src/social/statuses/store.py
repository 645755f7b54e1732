"""SQL that writes statuses and what people do to them. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Tx
from contracts.ids import AccountId, MediaId, StatusId, Uri
from social.accounts.model import Account
from social.addresses import Home
from social.statuses.model import Draft, Status, StatusTag
from social.statuses.reading import COLUMNS


async def new_id(tx: Tx, at: dt.datetime) -> StatusId:
    return StatusId(await tx.fetchval("SELECT social.snowflake($1)", at))


class Added(msgspec.Struct, frozen=True):
    status: Status
    is_awaited: bool
    """Whether replies or quotes came before it."""


async def add(tx: Tx, author: Account, draft: Draft, home: Home, *, conversation_id: int | None) -> Added | None:
    """Insert the row, and a conversation if it joins none; None if the URI is known already, or was deleted."""
    parent = draft.in_reply_to
    row = await tx.fetchrow(
        f"""
        WITH new AS (
            SELECT coalesce($1::bigint, social.snowflake($2)) AS id
        ), conversation AS (
            INSERT INTO social.conversations (uri)
            SELECT $3 WHERE $4::bigint IS NULL
            ON CONFLICT (uri) DO UPDATE SET uri = excluded.uri
            RETURNING id
        )
        INSERT INTO social.statuses AS s (
            id, uri, url, account_id, is_local, conversation_id, in_reply_to_id, in_reply_to_account_id,
            in_reply_to_uri, visibility, content, text, spoiler_text, sensitive, language, emoji_ids, app_id,
            created_at, edited_at, quote_automatic, quote_manual, interaction_policy
        )
        SELECT new.id, coalesce($5, $6 || new.id), CASE WHEN $5 IS NULL THEN $7 || new.id ELSE $8 END, $9, $10,
            coalesce($4, (SELECT id FROM conversation)), $11, $12,
            $13, $14, $15, $16, $17, $18, $19, $20, $21, $2, $22, $23, $24, $26::jsonb
        FROM new
        WHERE NOT EXISTS (SELECT FROM social.tombstones WHERE uri = $5 AND actor_uri = $25)
        ON CONFLICT (uri) DO NOTHING
        RETURNING {COLUMNS}, NOT s.is_local AND (
            EXISTS (SELECT FROM social.statuses r WHERE r.in_reply_to_uri = s.uri AND r.in_reply_to_id IS NULL)
            OR EXISTS (SELECT FROM social.quotes q WHERE q.quoted_uri = s.uri AND q.quoted_status_id IS NULL)
        ) AS is_awaited
        """,
        draft.id,
        draft.created_at,
        draft.conversation_uri,
        conversation_id,
        draft.uri,
        home.uri,
        home.url,
        draft.url,
        author.id,
        author.is_local,
        parent.id if parent else None,
        parent.account_id if parent else None,
        parent.uri if parent else draft.in_reply_to_uri,
        draft.visibility,
        draft.content,
        draft.text,
        draft.spoiler_text,
        draft.sensitive,
        draft.language,
        list(draft.emoji_ids),
        draft.app_id,
        draft.edited_at,
        list(draft.quote_policy.automatic if draft.quote_policy else ()),
        list(draft.quote_policy.manual if draft.quote_policy else ()),
        author.uri,
        draft.interaction_policy,
    )
    columns = dict(row) if row else {}
    return Added(is_awaited=columns.pop("is_awaited"), status=Status(**columns)) if row else None


async def add_boost(
    tx: Tx,
    status_id: StatusId,
    uri: Uri,
    booster: AccountId,
    original: Status,
    *,
    is_local: bool,
    visibility: str,
    created_at: dt.datetime,
) -> Status | None:
    """Insert a boost; None if this account boosted it already."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.statuses AS s (
            id, uri, url, account_id, is_local, conversation_id, reblog_of_id, visibility, created_at
        )
        VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING
        RETURNING {COLUMNS}
        """,
        status_id,
        uri,
        booster,
        is_local,
        original.conversation_id,
        original.id,
        visibility,
        created_at,
    )
    return Status(**row) if row else None


async def set_words(tx: Tx, status_id: StatusId, draft: Draft, edited_at: dt.datetime) -> None:
    await tx.execute(
        """
        UPDATE social.statuses
        SET content = $2, text = $3, spoiler_text = $4, sensitive = $5, language = $6, emoji_ids = $7, edited_at = $8
        WHERE id = $1
        """,
        status_id,
        draft.content,
        draft.text,
        draft.spoiler_text,
        draft.sensitive,
        draft.language,
        list(draft.emoji_ids),
        edited_at,
    )


async def keep_version(tx: Tx, status_id: StatusId) -> None:
    """Write the present words into the history, before they change."""
    await tx.execute(
        """
        INSERT INTO social.status_edits (
            status_id, content, spoiler_text, sensitive, emoji_ids, media_ids, poll_options, created_at
        )
        SELECT s.id, s.content, s.spoiler_text, s.sensitive, s.emoji_ids,
            ARRAY(SELECT m.id FROM social.media_attachments m WHERE m.status_id = s.id ORDER BY m.position),
            (SELECT p.options FROM social.polls p WHERE p.status_id = s.id),
            coalesce(s.edited_at, s.created_at)
        FROM social.statuses s
        WHERE s.id = $1
        """,
        status_id,
    )


async def set_mentions(tx: Tx, status_id: StatusId, named: Sequence[AccountId], silent: Sequence[AccountId]) -> None:
    """Add mentions. An edit may name more people; whoever was named before keeps access."""
    await tx.execute(
        """
        INSERT INTO social.mentions (status_id, account_id, silent)
        SELECT $1, m.account_id, bool_and(m.silent)
        FROM (
            SELECT unnest($2::bigint[]) AS account_id, false AS silent
            UNION ALL
            SELECT unnest($3::bigint[]), true
        ) AS m
        GROUP BY m.account_id
        ON CONFLICT (status_id, account_id) DO UPDATE SET silent = excluded.silent
        """,
        status_id,
        list(named),
        list(silent),
    )


async def add_tags(tx: Tx, names: Sequence[str]) -> None:
    """Make the tags known; the first spelling seen is the one shown."""
    await tx.execute(
        """
        INSERT INTO social.tags (name, display_name)
        SELECT DISTINCT ON (lower(t)) lower(t), t FROM unnest($1::text[]) AS t ORDER BY lower(t)
        ON CONFLICT (name) DO NOTHING
        """,
        list(names),
    )


async def set_tags(tx: Tx, status_id: StatusId, names: Sequence[str]) -> list[StatusTag]:
    """Leave exactly these tags on the status; those that nobody knew are known then, as they are written here."""
    rows = await tx.fetch(
        """
        WITH written AS (
            SELECT DISTINCT ON (lower(t)) lower(t) AS name, t AS display_name
            FROM unnest($2::text[]) AS t
            ORDER BY lower(t)
        ), known AS (
            SELECT t.id, t.name, t.display_name FROM social.tags t JOIN written USING (name)
        ), made AS (
            INSERT INTO social.tags (name, display_name)
            SELECT name, display_name FROM written WHERE name NOT IN (SELECT name FROM known) ORDER BY name
            -- Somebody else makes it at this moment: only so is theirs returned.
            ON CONFLICT (name) DO UPDATE SET name = excluded.name
            RETURNING id, name, display_name
        ), wanted AS (
            SELECT * FROM known UNION ALL SELECT * FROM made
        ), dropped AS (
            DELETE FROM social.status_tags WHERE status_id = $1 AND tag_id NOT IN (SELECT id FROM wanted)
        ), added AS (
            INSERT INTO social.status_tags (tag_id, status_id)
            SELECT id, $1 FROM wanted
            ON CONFLICT DO NOTHING
        )
        SELECT name, display_name FROM wanted ORDER BY name
        """,
        status_id,
        list(names),
    )
    return [StatusTag(**row) for row in rows]


async def attach_media(tx: Tx, status_id: StatusId, author: AccountId, media_ids: Sequence[MediaId]) -> int:
    """Leave exactly these files on the status, in this order; how many of them could be attached.

    A file that belongs to somebody else, hangs on another status or waits for a scheduled one cannot.
    """
    count: int = await tx.fetchval(
        """
        WITH wanted AS (
            SELECT id, ordinality AS position FROM unnest($3::bigint[]) WITH ORDINALITY AS w (id, ordinality)
        ), dropped AS (
            UPDATE social.media_attachments SET status_id = NULL
            WHERE status_id = $1 AND id NOT IN (SELECT id FROM wanted)
        ), attached AS (
            UPDATE social.media_attachments m SET status_id = $1, position = wanted.position
            FROM wanted
            WHERE m.id = wanted.id AND m.account_id = $2 AND (m.status_id IS NULL OR m.status_id = $1)
                AND m.scheduled_status_id IS NULL
            RETURNING m.id
        )
        SELECT count(*) FROM attached
        """,
        status_id,
        author,
        list(media_ids),
    )
    return count


async def delete(tx: Tx, status_id: StatusId) -> bool:
    return bool(await tx.fetchval("DELETE FROM social.statuses WHERE id = $1 RETURNING true", status_id))


async def add_tombstone(tx: Tx, uri: Uri, actor_uri: Uri) -> None:
    await tx.execute(
        "INSERT INTO social.tombstones (uri, actor_uri) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        uri,
        actor_uri,
    )
