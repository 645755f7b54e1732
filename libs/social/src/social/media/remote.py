"""SQL for files that stay on other servers: we keep their addresses and what is said about them."""

from chassis.db import Tx
from contracts.ids import AccountId, MediaId, StatusId
from social.media.model import RemoteFile, meta_of


async def keep(tx: Tx, author: AccountId, status_id: StatusId | None, file: RemoteFile) -> MediaId:
    """The file of that address on the status: the one that is known, with the newest words, or a new one.

    To be named in the Draft of the status.
    """
    media_id: MediaId = await tx.fetchval(
        """
        WITH known AS (
            UPDATE social.media_attachments
            SET kind = $3, remote_preview_url = $5, mime_type = $6, description = $7, blurhash = $8, meta = $9,
                updated_at = now()
            WHERE status_id = $2 AND remote_url = $4
            RETURNING id
        ), added AS (
            INSERT INTO social.media_attachments (
                account_id, is_local, state, kind, remote_url, remote_preview_url, mime_type, description, blurhash,
                meta
            )
            SELECT $1, false, 'ready', $3, $4, $5, $6, $7, $8, $9
            WHERE NOT EXISTS (SELECT FROM known)
            RETURNING id
        )
        SELECT id FROM known UNION ALL SELECT id FROM added
        """,
        author,
        status_id,
        file.kind,
        file.url,
        file.preview_url,
        file.mime_type,
        file.description,
        file.blurhash,
        meta_of(file),
    )
    return media_id
