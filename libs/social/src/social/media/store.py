"""SQL for attachments."""

from typing import Any

from chassis.db import Reader, Tx
from contracts.ids import AccountId, MediaId, StatusId
from social.media.model import NewFile
from social.statuses.model import Attachment

COLUMNS = ", ".join(f"m.{name}" for name in Attachment.__struct_fields__)


async def by_id(db: Reader, media_id: MediaId) -> Attachment | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.media_attachments m WHERE m.id = $1", media_id)
    return Attachment(**row) if row else None


async def owned(db: Reader, media_id: MediaId, account_id: AccountId) -> Attachment | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.media_attachments m WHERE m.id = $1 AND m.account_id = $2", media_id, account_id
    )
    return Attachment(**row) if row else None


async def new_id(db: Reader) -> MediaId:
    return MediaId(await db.fetchval("SELECT social.snowflake(clock_timestamp())"))


async def add_local(tx: Tx, file: NewFile) -> Attachment:
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.media_attachments AS m (
            id, account_id, is_local, kind, state, file_key, preview_key, mime_type, file_size, description,
            blurhash, meta
        )
        VALUES (
            $1, $2, true, $3, CASE WHEN $4::text IS NULL THEN 'pending' ELSE 'ready' END, $4, $5, $6, $7, $8, $9, $10
        )
        RETURNING {COLUMNS}
        """,
        file.id,
        file.account_id,
        file.kind,
        file.file_key,
        file.preview_key,
        file.mime_type,
        file.file_size,
        file.description,
        file.blurhash,
        file.meta,
    )
    assert row is not None
    return Attachment(**row)


async def set_ready(
    tx: Tx, media_id: MediaId, *, file_key: str, preview_key: str, mime_type: str, blurhash: str, meta: dict[str, Any]
) -> bool:
    """Note what became of a pending upload; False if it is not pending any more. A focus set meanwhile stays."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.media_attachments
            SET state = 'ready', file_key = $2, preview_key = coalesce(preview_key, $3), mime_type = $4,
                blurhash = coalesce(blurhash, $5), meta = $6::jsonb || meta, updated_at = now()
            WHERE id = $1 AND state = 'pending'
            RETURNING true
            """,
            media_id,
            file_key,
            preview_key,
            mime_type,
            blurhash,
            meta,
        )
    )


async def set_failed(tx: Tx, media_id: MediaId) -> bool:
    return bool(
        await tx.fetchval(
            """
            UPDATE social.media_attachments
            SET state = 'failed', updated_at = now()
            WHERE id = $1 AND state = 'pending'
            RETURNING true
            """,
            media_id,
        )
    )


async def set_words(
    tx: Tx, media_id: MediaId, *, description: str | None, meta: dict[str, Any], preview_key: str | None
) -> Attachment | None:
    """Change what is given; `meta` is laid over what is there. None if it is part of a status by now."""
    row = await tx.fetchrow(
        f"""
        UPDATE social.media_attachments m
        SET description = coalesce($2, m.description), meta = m.meta || $3,
            preview_key = coalesce($4, m.preview_key), updated_at = now()
        WHERE m.id = $1 AND m.status_id IS NULL
        RETURNING {COLUMNS}
        """,
        media_id,
        description,
        meta,
        preview_key,
    )
    return Attachment(**row) if row else None


async def remove_unattached(tx: Tx, media_id: MediaId) -> bool:
    """False if it is part of a status, or will be."""
    return bool(
        await tx.fetchval(
            """
            DELETE FROM social.media_attachments
            WHERE id = $1 AND status_id IS NULL AND scheduled_status_id IS NULL
            RETURNING true
            """,
            media_id,
        )
    )


async def remove_of_status(tx: Tx, status_id: StatusId) -> None:
    """Delete what hangs on the status: nobody will write it anew. Their files are cleared away later."""
    await tx.execute("DELETE FROM social.media_attachments WHERE status_id = $1", status_id)


async def set_words_of_attached(
    tx: Tx, media_id: MediaId, account_id: AccountId, *, description: str | None, meta: dict[str, Any]
) -> None:
    """Change what is said of a file whose status is being edited."""
    await tx.execute(
        """
        UPDATE social.media_attachments
        SET description = $3, meta = $4, updated_at = now()
        WHERE id = $1 AND account_id = $2 AND is_local
        """,
        media_id,
        account_id,
        description,
        meta,
    )
