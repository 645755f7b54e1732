"""Conversations: what was said in private, by thread and people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.http import Json
from contracts.ids import AccountId
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord
from social.paging import Page
from timeline import showing
from timeline.resources import Db, Res, Resources
from timeline.store import conversations

router = APIRouter(prefix="/api/v1/conversations")

Reader = Annotated[Viewer, Depends(requires("read:statuses"))]
Writer = Annotated[Viewer, Depends(requires("write:conversations"))]
Paged = Annotated[Page, Depends(paged(20, 40))]


@router.get("")
async def all_of_them(request: Request, viewer: Reader, page: Paged, res: Res) -> Json:
    found = await conversations.page_of(res.db, viewer.id, page)
    return answer(request, page, await showing.conversations(res, found, viewer.id), [c.last_status_id for c in found])


@router.delete("/{conversation_id}")
async def remove(conversation_id: PathId, viewer: Writer, db: Db) -> Json:
    async with db.transaction() as tx:
        if not await conversations.hide(tx, viewer.id, conversation_id):
            raise NoSuchRecord
    return Json({})


@router.post("/{conversation_id}/read")
async def read(conversation_id: PathId, viewer: Writer, res: Res) -> Json:
    return await _mark(res, viewer.id, conversation_id, unread=False)


@router.post("/{conversation_id}/unread")
async def unread(conversation_id: PathId, viewer: Writer, res: Res) -> Json:
    return await _mark(res, viewer.id, conversation_id, unread=True)


async def _mark(res: Resources, viewer: AccountId, conversation: int, *, unread: bool) -> Json:
    async with res.db.transaction() as tx:
        found = await conversations.set_unread(tx, viewer, conversation, unread=unread)
    if found is None:
        raise NoSuchRecord
    return Json((await showing.conversations(res, [found], viewer))[0])
