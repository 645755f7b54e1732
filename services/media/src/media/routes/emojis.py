"""Pictures of our own custom emoji, taken in for the operator's command line."""

from fastapi import APIRouter, Depends, Response

from chassis.http import Json, require_internal
from media import intake
from media.copying import EMOJI
from media.forms import AnEmoji, content_of
from media.resources import Res
from media.storage.model import EMOJIS, new_key
from media.store import files
from social.errors import ValidationFailed

router = APIRouter(dependencies=[Depends(require_internal)])

LARGEST = 256 * 1024


@router.post("/internal/emojis")
async def take_emoji(form: AnEmoji, res: Res) -> Response:
    """Keep the picture, and one that stands still. They are collected unless the emoji names them within the hour."""
    content = content_of(form.file)
    if len(content) > LARGEST:
        raise ValidationFailed(f"File file size must be less than {LARGEST // 1024} KB")
    kind = intake.kind_of(content)
    moving = (await intake.process(res.images, kind, content, folder=EMOJIS)).original
    still = await res.images.crop(kind, content, EMOJI, fit=True)
    made = [moving, intake.Made(key=new_key(EMOJIS, still.extension), content=still.content)]
    async with res.db.transaction() as tx:
        await files.add(tx, files.EMOJI, form.emoji_id, [file.key for file in made])
    await intake.put(res.storage, made)
    return Json({"key": made[0].key, "static_key": made[1].key})
