"""Lists of people: making them, and who is on them."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import account_of
from chassis.db import Reader
from chassis.http import Json
from contracts.ids import AccountId, ListId
from mastoapi import present
from mastoapi.entities.lists import list_from
from mastoapi.pagination import answer, paged
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord, ValidationFailed
from social.lists import actions, store
from social.lists.model import PeopleList, RepliesPolicy
from social.paging import Page

router = APIRouter(prefix="/api/v1", tags=["lists"])

Reads = Annotated[Viewer, Depends(requires("read:lists"))]
Writes = Annotated[Viewer, Depends(requires("write:lists"))]
People = Annotated[Page, Depends(paged(40, 80))]


class Rules(msgspec.Struct, frozen=True):
    """What is None stays as it was, or as a new list has it."""

    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None

    def policy(self, otherwise: str) -> RepliesPolicy:
        try:
            return RepliesPolicy(self.replies_policy or otherwise)
        except ValueError as error:
            raise ValidationFailed("Replies policy is not included in the list") from error


class Members(msgspec.Struct, frozen=True):
    account_ids: list[Id] = []

    @property
    def ids(self) -> list[AccountId]:
        return [AccountId(i) for i in self.account_ids]


@router.get("/lists")
async def everything(viewer: Reads, res: Res) -> Json:
    return Json([list_from(row) for row in await store.all_of(res.db, viewer.id)])


@router.post("/lists")
async def create(request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Rules)
    policy = asked.policy("list")
    async with res.db.transaction() as tx:
        made = await actions.create(
            tx, viewer.id, title=asked.title or "", replies_policy=policy, exclusive=bool(asked.exclusive)
        )
    return Json(list_from(made))


@router.get("/lists/{list_id}")
async def one(list_id: PathId, viewer: Reads, res: Res) -> Json:
    return Json(list_from(await _own(res.db, list_id, viewer)))


@router.put("/lists/{list_id}")
async def change(list_id: PathId, request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Rules)
    async with res.db.transaction() as tx:
        before = await _own(tx, list_id, viewer)
        given = {k: v for k, v in msgspec.structs.asdict(asked).items() if v is not None}
        given["replies_policy"] = asked.policy(before.replies_policy).value
        changed = msgspec.structs.replace(before, **given)
        await actions.change(tx, changed)
    return Json(list_from(changed))


@router.delete("/lists/{list_id}")
async def delete(list_id: PathId, viewer: Writes, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await actions.delete(tx, await _own(tx, list_id, viewer))
    return Json({})


@router.get("/lists/{list_id}/accounts")
async def members(list_id: PathId, request: Request, page: People, viewer: Reads, res: Res) -> Json:
    found = await _own(res.db, list_id, viewer)
    # Clients that show who is on a list ask for all of them at once.
    whole = request.query_params.get("limit") == "0"
    ids = await store.members_of(res.db, found.id, None if whole else page)
    entities = await present.accounts(res.db, ids, res.urls, policies=res.policies.value)
    return Json(entities) if whole else answer(request, page, entities, ids, back="since_id")


@router.post("/lists/{list_id}/accounts")
async def add(list_id: PathId, request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Members)
    async with res.db.transaction() as tx:
        await actions.add_members(tx, await _own(tx, list_id, viewer), asked.ids)
    return Json({})


@router.delete("/lists/{list_id}/accounts")
async def remove(list_id: PathId, request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Members)
    async with res.db.transaction() as tx:
        await actions.remove_members(tx, await _own(tx, list_id, viewer), asked.ids)
    return Json({})


@router.get("/accounts/{account_id}/lists")
async def with_account(account_id: PathId, viewer: Reads, res: Res) -> Json:
    account = await account_of(res.db, account_id)
    return Json([list_from(row) for row in await store.with_member(res.db, viewer.id, account.id)])


async def _own(db: Reader, list_id: int, viewer: Viewer) -> PeopleList:
    found = await store.by_id(db, ListId(list_id), viewer.id)
    if found is None:
        raise NoSuchRecord
    return found
