"""How far something is that goes on in the background."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api_gateway.refreshing import refresh_of
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.http import Json
from contracts.ids import WalkId
from mastoapi.entities.refreshes import AsyncRefreshes
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord
from social.walks import store

router = APIRouter(prefix="/api/v1_alpha/async_refreshes", tags=["async_refreshes"])


@router.get("/{refresh_id}")
async def one(refresh_id: str, _: Annotated[Viewer, Depends(requires("read"))], res: Res) -> Json:
    walk = await store.by_id(res.db, WalkId(refresh_id))
    if walk is None:
        raise NoSuchRecord
    return Json(AsyncRefreshes(async_refresh=refresh_of(walk, utc_now())))
