"""Avatars and headers, taken in for api-gateway."""

from fastapi import APIRouter, Depends, Response

from chassis.http import Json, require_internal
from media import intake
from media.forms import APicture, content_of
from media.images.model import AVATAR, HEADER
from media.resources import Res
from media.storage.model import AVATARS, HEADERS, TYPES, new_key
from media.store import files
from social.errors import ValidationFailed

router = APIRouter(dependencies=[Depends(require_internal)])

FRAMES = {"avatar": (AVATARS, AVATAR), "header": (HEADERS, HEADER)}


@router.post("/internal/avatars")
async def take_picture(form: APicture, res: Res) -> Response:
    """Crop the picture to its frame and keep it. It is collected unless the account names its key within the hour."""
    if form.kind not in FRAMES:
        raise ValidationFailed("kind is avatar or header")
    folder, size = FRAMES[form.kind]
    content = content_of(form.file)
    picture = await res.images.crop(intake.kind_of(content), content, size)
    made = intake.Made(key=new_key(folder, picture.extension), content=picture.content)
    async with res.db.transaction() as tx:
        await files.add(tx, files.ACCOUNT, form.account_id, [made.key])
    await intake.put(res.storage, [made])
    return Json({"key": made.key, "mime_type": TYPES[picture.extension]})
