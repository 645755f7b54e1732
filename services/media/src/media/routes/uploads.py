"""Files that our people upload, before they are part of a status."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from chassis.errors import Invalid
from chassis.http import Json
from contracts.events import MediaProcessed
from contracts.ids import MediaId
from mastoapi import deprecated
from mastoapi.params import PathId
from mastoapi.present import attachment as rendered
from mastoapi.viewer import Viewer, requires
from media import intake
from media.forms import AnUpload, UploadForm, content_of, words_of
from media.jobs import ProcessUpload, discard
from media.resources import Db, Res, Resources
from media.store import files
from social.errors import NoSuchRecord
from social.media import store
from social.media.model import FAILED, PENDING, focused
from social.statuses.model import Attachment

router = APIRouter()

# Since Mastodon 3.1.3 there is version 2.
OLD = deprecated.since(dt.date(2020, 4, 5))

Uploader = Annotated[Viewer, Depends(requires("write:media"))]


class InUse(Invalid):
    """Media attachment is currently used by a status"""


class NotProcessed(Invalid):
    """Error processing thumbnail for uploaded media"""


@router.post("/api/v1/media", status_code=200)
async def upload_and_wait(viewer: Uploader, form: AnUpload, res: Res) -> Response:
    """The old endpoint: its clients expect the file to be ready."""
    return Json(rendered(await _take(res, viewer, form, wait=True), res.urls), headers=OLD)


@router.post("/api/v2/media", status_code=202)
async def upload(viewer: Uploader, form: AnUpload, res: Res) -> Response:
    taken = await _take(res, viewer, form, wait=False)
    return Json(rendered(taken, res.urls), 202 if taken.state == PENDING else 200)


@router.get("/api/v1/media/{media_id}")
async def show(media_id: PathId, viewer: Uploader, res: Res) -> Response:
    found = await _draft(res, media_id, viewer)
    return Json(rendered(found, res.urls), 206 if found.state == PENDING else 200)


@router.put("/api/v1/media/{media_id}")
async def change(media_id: PathId, viewer: Uploader, form: AnUpload, res: Res) -> Response:
    words, found = words_of(form), await _draft(res, media_id, viewer)
    thumbnail = await intake.thumbnail(res.images, content_of(form.thumbnail))
    await _keep(res, found.id, thumbnail)
    async with res.db.transaction() as tx:
        changed = await store.set_words(
            tx,
            found.id,
            description=words.description,
            meta=focused({}, words.focus),
            preview_key=thumbnail[0].key if thumbnail else None,
        )
    if changed is None:
        raise NoSuchRecord
    return Json(rendered(changed, res.urls), 206 if changed.state == PENDING else 200)


@router.delete("/api/v1/media/{media_id}")
async def delete(media_id: PathId, viewer: Uploader, db: Db) -> Response:
    async with db.transaction() as tx:
        found = await store.owned(tx, MediaId(media_id), viewer.id)
        if found is None:
            raise NoSuchRecord
        keys = await files.keys_of(tx, found.id)
        if not await store.remove_unattached(tx, found.id):
            raise InUse
        discard(tx, keys)
    return Json({})


async def _draft(res: Resources, media_id: PathId, viewer: Viewer) -> Attachment:
    """The viewer's own upload that is not part of a status yet."""
    found = await store.owned(res.db, MediaId(media_id), viewer.id)
    if found is None or found.status_id is not None:
        raise NoSuchRecord
    if found.state == FAILED:
        raise NotProcessed
    return found


async def _take(res: Resources, viewer: Viewer, form: UploadForm, *, wait: bool) -> Attachment:
    """Store the files first and the row last: when the storage is away, nothing is left behind."""
    words, content = words_of(form), content_of(form.file)
    kind = intake.kind_of(content)
    at_once = wait or intake.is_quick(content, await res.images.measure(kind, content))
    processed = await intake.process(res.images, kind, content) if at_once else None
    thumbnail = await intake.thumbnail(res.images, content_of(form.thumbnail))
    media_id = await store.new_id(res.db)
    raw = [] if processed else [intake.raw(content)]
    await _keep(res, media_id, [*(processed.made if processed else raw), *thumbnail])
    row = intake.attachment(media_id, viewer.id, content, processed, words, thumbnail)
    async with res.db.transaction() as tx:
        attachment = await store.add_local(tx, row)
        if processed is None:
            await files.add_upload(tx, media_id, raw[0].key)
            tx.enqueue(ProcessUpload(media_id=media_id))
        else:
            tx.emit(MediaProcessed(media_id=media_id, account_id=viewer.id))
    return attachment


async def _keep(res: Resources, media_id: MediaId, made: list[intake.Made]) -> None:
    async with res.db.transaction() as tx:
        await files.add(tx, files.ATTACHMENT, media_id, [file.key for file in made])
    await intake.put(res.storage, made)
