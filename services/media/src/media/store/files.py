"""SQL for the ledger of files, uploads in hand, and what is to be cleared away."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import MediaId
from media.storage.model import Key

ATTACHMENT, ACCOUNT, CACHED, EMOJI = "attachment", "account", "cached", "emoji"


async def add(tx: Tx, owner_kind: str, owner_id: int, keys: Sequence[Key]) -> None:
    """Note files that are about to be stored."""
    await tx.execute(
        """
        INSERT INTO media.files (key, owner_kind, owner_id)
        SELECT key, $1, $2 FROM unnest($3::text[]) AS f (key)
        ON CONFLICT DO NOTHING
        """,
        owner_kind,
        owner_id,
        list(keys),
    )


async def remove(tx: Tx, keys: Sequence[str]) -> None:
    await tx.execute("DELETE FROM media.files WHERE key = ANY ($1::text[])", list(keys))


async def add_upload(tx: Tx, media_id: MediaId, raw_key: Key) -> None:
    await tx.execute("INSERT INTO media.uploads (media_id, raw_key) VALUES ($1, $2)", media_id, raw_key)


async def raw_key_of(db: Reader, media_id: MediaId) -> Key | None:
    key: Key | None = await db.fetchval("SELECT raw_key FROM media.uploads WHERE media_id = $1", media_id)
    return key


async def remove_upload(tx: Tx, media_id: MediaId) -> None:
    await tx.execute("DELETE FROM media.uploads WHERE media_id = $1", media_id)


async def check(tx: Tx, *, age: dt.timedelta, limit: int) -> list[str]:
    """Look at the files that were not looked at for longest; return those that nothing names."""
    rows = await tx.fetch(
        """
        WITH due AS (
            SELECT key FROM media.files
            WHERE checked_at < now() - $1::interval
            ORDER BY checked_at
            LIMIT $2
            FOR UPDATE SKIP LOCKED
        ), checked AS (
            UPDATE media.files f SET checked_at = now() FROM due WHERE f.key = due.key
            RETURNING f.key, f.owner_kind, f.owner_id
        )
        SELECT c.key
        FROM checked c
        WHERE NOT CASE c.owner_kind
            WHEN 'attachment' THEN EXISTS (
                SELECT FROM social.media_attachments m
                WHERE m.id = c.owner_id AND c.key IN (m.file_key, m.preview_key)
            ) OR EXISTS (
                SELECT FROM media.uploads u WHERE u.media_id = c.owner_id AND u.raw_key = c.key
            )
            WHEN 'account' THEN EXISTS (
                SELECT FROM social.accounts a WHERE a.id = c.owner_id AND c.key IN (a.avatar_key, a.header_key)
            )
            WHEN 'emoji' THEN EXISTS (
                SELECT FROM social.custom_emojis e WHERE e.id = c.owner_id AND c.key IN (e.image_key, e.static_key)
            )
            ELSE EXISTS (SELECT FROM media.cached r WHERE r.key = c.key)
        END
        """,
        age,
        limit,
    )
    return [row["key"] for row in rows]


async def note_unattached(tx: Tx) -> None:
    """Remember since when an attachment belongs to no status, posted or scheduled."""
    await tx.execute(
        """
        INSERT INTO media.unattached (media_id)
        SELECT id FROM social.media_attachments WHERE status_id IS NULL AND scheduled_status_id IS NULL
        ON CONFLICT DO NOTHING
        """
    )


async def forget_attached(tx: Tx) -> None:
    await tx.execute(
        """
        DELETE FROM media.unattached u
        USING social.media_attachments m
        WHERE m.id = u.media_id AND (m.status_id IS NOT NULL OR m.scheduled_status_id IS NOT NULL)
        """
    )


async def remove_unattached(tx: Tx, *, age: dt.timedelta, limit: int) -> list[str]:
    """Delete attachments that belonged to no status for so long; return their files."""
    rows = await tx.fetch(
        """
        WITH gone AS (
            DELETE FROM social.media_attachments m
            WHERE m.status_id IS NULL AND m.scheduled_status_id IS NULL AND m.id IN (
                SELECT media_id FROM media.unattached WHERE seen_at < now() - $1::interval LIMIT $2
            )
            RETURNING m.id
        )
        SELECT f.key FROM media.files f JOIN gone ON f.owner_kind = 'attachment' AND f.owner_id = gone.id
        """,
        age,
        limit,
    )
    return [row["key"] for row in rows]


async def keys_of(db: Reader, media_id: MediaId) -> list[str]:
    rows = await db.fetch("SELECT key FROM media.files WHERE owner_kind = 'attachment' AND owner_id = $1", media_id)
    return [row["key"] for row in rows]
