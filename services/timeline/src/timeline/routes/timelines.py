"""Timelines: home, lists, public, links, hashtags."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from chassis.http import Json
from contracts.ids import ListId
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId, params
from mastoapi.viewer import Viewer, requires, welcomes
from social.errors import NoSuchRecord
from social.lists import store as lists
from social.paging import Page
from timeline import home as homes
from timeline import listed, showing
from timeline.resources import Res
from timeline.routes.presence import note_presence
from timeline.store import publics
from timeline.store.publics import Tags, Wanted

router = APIRouter(prefix="/api/v1/timelines")

Reader = Annotated[Viewer, Depends(requires("read:statuses"))]
Anybody = Annotated[Viewer | None, Depends(welcomes("read:statuses"))]
Paged = Annotated[Page, Depends(paged(20, 40))]

MOST_TAGS = 4


class TagParameters(Wanted, frozen=True, kw_only=True):
    """Further tags beside the one in the path."""

    any: list[str] = msgspec.field(default_factory=list)
    all: list[str] = msgspec.field(default_factory=list)
    none: list[str] = msgspec.field(default_factory=list)

    def beside(self, hashtag: str) -> Tags:
        return Tags(
            any_of=(_normal(hashtag), *_normals(self.any)),
            all_of=_normals(self.all),
            none_of=_normals(self.none),
        )


@router.get("/home")
async def home(request: Request, viewer: Reader, page: Paged, res: Res) -> Json:
    await note_presence(res, viewer)
    found = await homes.read(res, viewer.id, page)
    shown = answer(request, page, await showing.statuses(res, found.ids, viewer.id, found.seen), found.ids)
    if not found.whole:
        shown.status_code = 206
    return shown


@router.get("/list/{list_id}")
async def list_(
    list_id: PathId, request: Request, viewer: Annotated[Viewer, Depends(requires("read:lists"))], page: Paged, res: Res
) -> Json:
    await note_presence(res, viewer)
    found = await lists.by_id(res.db, ListId(list_id), viewer.id)
    if found is None:
        raise NoSuchRecord
    ids = await listed.read(res, found.id, page)
    return answer(request, page, await showing.statuses(res, ids, viewer.id), ids)


@router.get("/public")
async def public(request: Request, viewer: Anybody, page: Paged, res: Res) -> Json:
    wanted = await params(request, Wanted)
    viewer_id = viewer.id if viewer else None
    ids = await publics.page_of(res.db, viewer_id, wanted, page, res.policies.value.limited_domains())
    return answer(request, page, await showing.statuses(res, ids, viewer_id), ids)


@router.get("/link")
async def link(request: Request, viewer: Anybody, page: Paged, res: Res, url: str = "") -> Json:
    card = await publics.trending_card(res.db, url.replace("\x00", ""))
    if card is None:
        raise NoSuchRecord
    viewer_id = viewer.id if viewer else None
    ids = await publics.linking(res.db, viewer_id, card, page, res.policies.value.limited_domains())
    return answer(request, page, await showing.statuses(res, ids, viewer_id), ids)


@router.get("/tag/{hashtag}")
async def tag(hashtag: str, request: Request, viewer: Anybody, page: Paged, res: Res) -> Json:
    wanted = await params(request, TagParameters)
    viewer_id = viewer.id if viewer else None
    limited = res.policies.value.limited_domains()
    ids = await publics.tagged(res.db, viewer_id, wanted.beside(hashtag), wanted, page, limited)
    return answer(request, page, await showing.statuses(res, ids, viewer_id), ids)


def _normal(name: str) -> str:
    return name.strip().removeprefix("#").lower()


def _normals(names: list[str]) -> tuple[str, ...]:
    return tuple(_normal(name) for name in names[:MOST_TAGS])
