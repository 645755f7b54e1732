"""What goes round: hashtags, posts and links."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Request

from chassis.clock import utc_now
from chassis.http import Json
from mastoapi import deprecated
from mastoapi.pagination import offset_links
from mastoapi.params import params
from mastoapi.present import tags as tagging
from mastoapi.viewer import Viewer, id_of, welcomes
from social.server import store as server
from timeline import links as cards
from timeline import showing
from timeline.resources import Res, Resources
from timeline.store import trends

router = APIRouter(prefix="/api/v1/trends")

Anybody = Annotated[Viewer | None, Depends(welcomes())]

FURTHEST: Final = 10_000
OLD = deprecated.since(dt.date(2022, 3, 30))


class Part(msgspec.Struct, frozen=True):
    """Which part of a list that has no ids to page by."""

    limit: int = 0
    offset: int = 0

    def within(self, default: int) -> "Part":
        """Twice the default is the most."""
        limit = min(self.limit, 2 * default) if self.limit > 0 else default
        return Part(limit, max(0, min(self.offset, FURTHEST)))


@router.get("")
async def before_posts_and_links(request: Request, viewer: Anybody, res: Res) -> Json:
    """As `/tags`, from when nothing else went round."""
    return await _tags(request, viewer, res, OLD)


@router.get("/tags")
async def tags(request: Request, viewer: Anybody, res: Res) -> Json:
    return await _tags(request, viewer, res, {})


@router.get("/statuses")
async def statuses(request: Request, viewer: Anybody, res: Res) -> Json:
    part = (await params(request, Part)).within(20)
    found = await trends.statuses(res.db, part.limit, part.offset)
    return _answer(request, part, await showing.statuses(res, found, id_of(viewer)), len(found))


@router.get("/links")
async def links(request: Request, _: Anybody, res: Res) -> Json:
    part = (await params(request, Part)).within(10)
    found = await trends.links(res.db, part.limit, part.offset)
    return _answer(request, part, await cards.shown(res, found, utc_now()), len(found))


async def _tags(request: Request, viewer: Viewer | None, res: Resources, headers: dict[str, str]) -> Json:
    part = (await params(request, Part)).within(10)
    by_default = (await server.about(res.db)).trendable_by_default
    found = await trends.tags(res.db, by_default=by_default, limit=part.limit, offset=part.offset)
    entities = await tagging.tags(res.db, found, id_of(viewer), res.urls)
    return _answer(request, part, entities, len(found), headers)


def _answer(
    request: Request, part: Part, entities: Sequence[Any], count: int, headers: dict[str, str] | None = None
) -> Json:
    link = offset_links(request, part.limit, part.offset, count)
    return Json(entities, headers=(headers or {}) | ({"Link": link} if link else {}))
