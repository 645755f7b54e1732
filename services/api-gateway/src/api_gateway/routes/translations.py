"""Posts in the reader's language."""

import msgspec
from fastapi import APIRouter, Request

from api_gateway.resources import Res
from api_gateway.seeing import ReadsStatuses, original_for, whole
from api_gateway.translation.translate import with_unknown
from chassis.http import Json
from mastoapi.params import PathId, params

router = APIRouter(prefix="/api/v1", tags=["statuses"])


class Into(msgspec.Struct, frozen=True):
    lang: str = ""


@router.post("/statuses/{status_id}/translate")
async def translate(status_id: PathId, request: Request, viewer: ReadsStatuses, res: Res) -> Json:
    asked = await params(request, Into)
    status = await original_for(res.db, status_id, viewer.id)
    full = await whole(res.db, status)
    target = asked.lang or viewer.user.default_language or viewer.user.locale
    return Json(await res.translations.translation(full, target.partition("-")[0].lower()))


@router.get("/instance/translation_languages")
async def languages(res: Res) -> Json:
    return Json(with_unknown(await res.translations.languages()))
