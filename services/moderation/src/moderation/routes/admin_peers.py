"""How other servers fare, for those who run this one, and what they can do about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from chassis.http import Json
from mastoapi.viewer import Viewer
from moderation import audit
from moderation.door import moderator
from moderation.peers import Act
from moderation.resources import Res

router = APIRouter(prefix="/api/v1/admin/federation/peers")

READING = [Depends(moderator("admin:read:domain_blocks"))]
Acting = Annotated[Viewer, Depends(moderator("admin:write:domain_blocks"))]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("", dependencies=READING)
async def listed(res: Res, *, unwell: bool = False, after: str = "", limit: Limit = 100) -> Response:
    """By name, from after one on."""
    return Json(await res.delivery.by_name(unwell=unwell, after=after, limit=limit))


@router.get("/behind", dependencies=READING)
async def behind(res: Res, *, state: str | None = None, limit: Limit = 20) -> Response:
    """Those for which something has waited longest first; of one state if one is named."""
    return Json(await res.delivery.furthest_behind(state=state, limit=limit))


@router.get("/{host}", dependencies=READING)
async def show(host: str, res: Res) -> Response:
    return Json(await res.delivery.peer(host))


@router.post("/{host}/retry")
async def retry(host: str, viewer: Acting, res: Res) -> Response:
    """Try at once what is held."""
    return await _acted(res, viewer, host, "retry")


@router.post("/{host}/pause")
async def pause(host: str, viewer: Acting, res: Res) -> Response:
    """Hold everything."""
    return await _acted(res, viewer, host, "pause")


@router.post("/{host}/resume")
async def resume(host: str, viewer: Acting, res: Res) -> Response:
    """Go on, with what was held first."""
    return await _acted(res, viewer, host, "resume")


@router.post("/{host}/drop")
async def drop(host: str, viewer: Acting, res: Res) -> Response:
    """Give up what is held."""
    return await _acted(res, viewer, host, "drop")


async def _acted(res: Res, viewer: Viewer, host: str, act: Act) -> Response:
    await res.delivery.act(host, act)
    async with res.db.transaction() as tx:
        await audit.about_peer(tx, viewer, act, host)
    return Json(await res.delivery.peer(host))
