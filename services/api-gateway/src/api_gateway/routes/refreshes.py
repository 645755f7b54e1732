"""How far something is that goes on in the background."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api_gateway.resources import Res
from chassis.http import Json
from mastoapi.entities.refreshes import AsyncRefreshes
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord

router = APIRouter(prefix="/api/v1_alpha/async_refreshes", tags=["async_refreshes"])


@router.get("/{refresh_id}")
async def one(refresh_id: str, _: Annotated[Viewer, Depends(requires("read"))], res: Res) -> Json:
    found = await res.refreshes.by_id(refresh_id)
    if found is None:
        raise NoSuchRecord
    return Json(AsyncRefreshes(async_refresh=found))
