"""Accounts: reading and finding them, their posts, and whom they know."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway import finding
from api_gateway.resources import Res
from api_gateway.seeing import MayReadAccounts, MayReadStatuses, ReadsAccounts, account_of
from chassis.http import Json
from contracts.ids import AccountId
from mastoapi import present
from mastoapi.pagination import answer, paged
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import Viewer, id_of, requires
from social.errors import NoSuchAccount
from social.paging import Page
from social.relationships import listing
from social.statuses import reading

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])

MOST_AT_ONCE = 40

Posts = Annotated[Page, Depends(paged(20, 40))]
People = Annotated[Page, Depends(paged(40, 80))]


class Ids(msgspec.Struct, frozen=True):
    id: list[Id] = []


class Lookup(msgspec.Struct, frozen=True):
    acct: str = ""


class Which(msgspec.Struct, frozen=True):
    """Which of an account's posts."""

    only_media: bool = False
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    pinned: bool = False
    tagged: str | None = None


@router.get("")
async def many(request: Request, _: MayReadAccounts, res: Res) -> Json:
    asked = await params(request, Ids)
    ids = [AccountId(i) for i in dict.fromkeys(asked.id)][:MOST_AT_ONCE]
    return Json(await present.accounts(res.db, ids, res.urls, policies=res.policies.value))


@router.get("/relationships")
async def relations(request: Request, viewer: Annotated[Viewer, Depends(requires("read:follows"))], res: Res) -> Json:
    asked = await params(request, Ids)
    ids = [AccountId(i) for i in dict.fromkeys(asked.id)][:MOST_AT_ONCE]
    return Json(await present.relationships(res.db, viewer.id, ids))


@router.get("/lookup")
async def lookup(request: Request, _: MayReadAccounts, res: Res) -> Json:
    asked = await params(request, Lookup)
    account = await finding.by_handle(res.db, asked.acct, res.addresses.domain)
    if account is None:
        raise NoSuchAccount
    return Json(await present.account(res.db, account.id, res.urls, policies=res.policies.value))


@router.get("/search")
async def search(request: Request, viewer: ReadsAccounts, res: Res) -> Json:
    asked = await params(request, finding.AccountSearch)
    found = await finding.accounts(res, asked, viewer.id)
    return Json(await present.accounts(res.db, found, res.urls, policies=res.policies.value))


@router.get("/{account_id}")
async def one(account_id: PathId, _: MayReadAccounts, res: Res) -> Json:
    return Json(await present.account(res.db, AccountId(account_id), res.urls, policies=res.policies.value))


@router.get("/{account_id}/statuses")
async def statuses(account_id: PathId, request: Request, page: Posts, viewer: MayReadStatuses, res: Res) -> Json:
    account = await account_of(res.db, account_id)
    which = await params(request, Which)
    asked = msgspec.structs.asdict(which)
    ids = await reading.of_account(res.db, account.id, id_of(viewer), page, **asked)
    entities = await present.statuses(res.db, ids, id_of(viewer), res.urls, policies=res.policies.value)
    return answer(request, page, entities, ids)


@router.get("/{account_id}/followers")
async def followers(account_id: PathId, request: Request, page: People, viewer: MayReadAccounts, res: Res) -> Json:
    account = await account_of(res.db, account_id)
    is_hidden = await finding.hides_circle(res.db, account, id_of(viewer))
    found = [] if is_hidden else await listing.followers_of(res.db, account.id, page)
    shown = await finding.without_blocked(res.db, [i for _, i in found], id_of(viewer))
    return answer(
        request,
        page,
        await present.accounts(res.db, shown, res.urls, policies=res.policies.value),
        [i for i, _ in found],
        back="since_id",
    )


@router.get("/{account_id}/following")
async def following(account_id: PathId, request: Request, page: People, viewer: MayReadAccounts, res: Res) -> Json:
    account = await account_of(res.db, account_id)
    is_hidden = await finding.hides_circle(res.db, account, id_of(viewer))
    found = [] if is_hidden else await listing.following_of(res.db, account.id, page)
    shown = await finding.without_blocked(res.db, [i for _, i in found], id_of(viewer))
    return answer(
        request,
        page,
        await present.accounts(res.db, shown, res.urls, policies=res.policies.value),
        [i for i, _ in found],
        back="since_id",
    )
