"""SQL for pictures of other servers: where they come from, and our copies."""

import datetime as dt

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Domain, EmojiId, MediaId
from media.storage.model import Key

ATTACHMENT, ACCOUNT, EMOJI = "attachment", "account", "emoji"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of another server, and whose it is."""

    kind: str
    owner_id: int
    media_kind: str
    url: str
    domain: Domain | None
    suspended: bool


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """Our copy; no key if there was none to be had."""

    source_url: str
    key: Key | None
    fetched_at: dt.datetime


async def attachment(db: Reader, media_id: MediaId, variant: str) -> Source | None:
    """A file of a status that we accepted; small, of a film or a sound, the picture that stands for it."""
    row = await db.fetchrow(
        """
        SELECT 'attachment' AS kind, m.id AS owner_id, a.domain, a.suspended_at IS NOT NULL AS suspended,
            CASE WHEN still.is_wanted THEN 'image' ELSE m.kind END AS media_kind,
            CASE WHEN still.is_wanted THEN m.remote_preview_url ELSE m.remote_url END AS url
        FROM social.media_attachments m
        JOIN social.accounts a ON a.id = m.account_id
        CROSS JOIN LATERAL (
            SELECT $2::text = 'small' AND m.kind IN ('video', 'gifv', 'audio')
                AND m.remote_preview_url IS NOT NULL AS is_wanted
        ) AS still
        WHERE m.id = $1 AND NOT m.is_local AND m.status_id IS NOT NULL AND m.remote_url IS NOT NULL
        """,
        media_id,
        variant,
    )
    return Source(**row) if row else None


async def url_for_all(db: Reader, media_id: MediaId) -> str | None:
    """Where a file of another server comes from, if everybody may see the post that it is in."""
    url: str | None = await db.fetchval(
        """
        SELECT m.remote_url
        FROM social.media_attachments m
        JOIN social.statuses s ON s.id = m.status_id
        WHERE m.id = $1 AND NOT m.is_local AND s.visibility IN ('public', 'unlisted')
        """,
        media_id,
    )
    return url


async def picture(db: Reader, account_id: AccountId, variant: str) -> Source | None:
    """An avatar or header."""
    row = await db.fetchrow(
        """
        SELECT 'account' AS kind, a.id AS owner_id, 'image' AS media_kind, a.domain,
            CASE $2::text WHEN 'avatar' THEN a.avatar_remote_url ELSE a.header_remote_url END AS url,
            a.suspended_at IS NOT NULL AS suspended
        FROM social.accounts a
        WHERE a.id = $1 AND NOT a.is_local
            AND CASE $2::text WHEN 'avatar' THEN a.avatar_remote_url ELSE a.header_remote_url END IS NOT NULL
        """,
        account_id,
        variant,
    )
    return Source(**row) if row else None


async def emoji(db: Reader, emoji_id: EmojiId) -> Source | None:
    row = await db.fetchrow(
        """
        SELECT 'emoji' AS kind, id AS owner_id, 'image' AS media_kind, image_remote_url AS url, domain,
            disabled AS suspended
        FROM social.custom_emojis
        WHERE id = $1 AND domain IS NOT NULL AND image_remote_url IS NOT NULL
        """,
        emoji_id,
    )
    return Source(**row) if row else None


async def copy_of(db: Reader, source: Source, variant: str) -> Copy | None:
    row = await db.fetchrow(
        """
        SELECT source_url, key, fetched_at
        FROM media.cached
        WHERE kind = $1 AND owner_id = $2 AND variant = $3
        """,
        source.kind,
        source.owner_id,
        variant,
    )
    return Copy(**row) if row else None


async def set_copies(tx: Tx, source: Source, keys: dict[str, Key | None]) -> None:
    """Note our copies by variant. Older ones lose their name and are collected."""
    await tx.execute(
        """
        INSERT INTO media.cached (kind, owner_id, variant, source_url, key)
        SELECT $1, $2, c.variant, $3, c.key FROM unnest($4::text[], $5::text[]) AS c (variant, key)
        ON CONFLICT (kind, owner_id, variant) DO UPDATE SET
            source_url = excluded.source_url, key = excluded.key, fetched_at = now()
        """,
        source.kind,
        source.owner_id,
        source.url,
        list(keys),
        list(keys.values()),
    )


async def forget(tx: Tx, source: Source) -> None:
    await tx.execute("DELETE FROM media.cached WHERE kind = $1 AND owner_id = $2", source.kind, source.owner_id)


async def remove_old(tx: Tx, *, age: dt.timedelta, limit: int) -> list[str]:
    """Forget copies fetched so long ago; return their files."""
    rows = await tx.fetch(
        """
        DELETE FROM media.cached
        WHERE (kind, owner_id, variant) IN (
            SELECT kind, owner_id, variant FROM media.cached WHERE fetched_at < now() - $1::interval LIMIT $2
        )
        RETURNING key
        """,
        age,
        limit,
    )
    return [row["key"] for row in rows if row["key"]]


async def remove_of_domain(tx: Tx, domain: Domain, *, limit: int) -> list[str | None]:
    """Forget copies of files of the domain and its subdomains; return their files."""
    rows = await tx.fetch(
        """
        DELETE FROM media.cached
        WHERE (kind, owner_id, variant) IN (
            SELECT c.kind, c.owner_id, c.variant
            FROM media.cached c
            LEFT JOIN social.media_attachments m ON c.kind = 'attachment' AND m.id = c.owner_id
            LEFT JOIN social.accounts a ON a.id = CASE c.kind WHEN 'account' THEN c.owner_id ELSE m.account_id END
            LEFT JOIN social.custom_emojis e ON c.kind = 'emoji' AND e.id = c.owner_id
            WHERE coalesce(a.domain, e.domain) = $1 OR coalesce(a.domain, e.domain) LIKE '%.' || $1
            LIMIT $2
        )
        RETURNING key
        """,
        domain,
        limit,
    )
    return [row["key"] for row in rows]
