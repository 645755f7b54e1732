"""Uploads that are too large to process while their sender waits."""

from contracts.events import MediaProcessed
from media import intake
from media.images.process import Unreadable
from media.jobs import ProcessUpload, RemoveFiles, discard
from media.resources import Resources
from media.storage.model import Key, NoSuchFile, read_all
from media.store import files
from social.errors import ValidationFailed
from social.media import store
from social.statuses.model import Attachment


async def on_process(res: Resources, job: ProcessUpload) -> None:
    """Process the raw bytes. A second run finds nothing pending."""
    raw_key = await files.raw_key_of(res.db, job.media_id)
    pending = await store.by_id(res.db, job.media_id)
    if raw_key is None or pending is None:
        return
    processed = await _process(res, raw_key)
    if processed is not None:
        async with res.db.transaction() as tx:
            await files.add(tx, files.ATTACHMENT, job.media_id, [file.key for file in processed.made])
        await intake.put(res.storage, processed.made)
    await _finish(res, pending, processed, raw_key)


async def on_remove(res: Resources, job: RemoveFiles) -> None:
    for key in job.keys:
        await res.storage.remove(Key(key))
    async with res.db.transaction() as tx:
        await files.remove(tx, job.keys)


async def _process(res: Resources, raw_key: Key) -> intake.Processed | None:
    """None if it is no picture after all."""
    try:
        content = await read_all(res.storage, raw_key)
        return await intake.process(res.images, intake.kind_of(content), content)
    except (Unreadable, ValidationFailed, NoSuchFile):
        return None


async def _finish(res: Resources, pending: Attachment, processed: intake.Processed | None, raw_key: Key) -> None:
    async with res.db.transaction() as tx:
        if processed is None:
            changed = await store.set_failed(tx, pending.id)
        else:
            changed = await store.set_ready(
                tx,
                pending.id,
                file_key=processed.original.key,
                preview_key=processed.small.key,
                mime_type=processed.mime_type,
                blurhash=processed.blurhash,
                meta=processed.meta,
            )
        await files.remove_upload(tx, pending.id)
        discard(tx, [raw_key])
        if changed:
            tx.emit(MediaProcessed(media_id=pending.id, account_id=pending.account_id))
