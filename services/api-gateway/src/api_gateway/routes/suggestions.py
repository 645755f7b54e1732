"""Whom one might follow."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends

from api_gateway import suggesting
from api_gateway.resources import Res
from api_gateway.seeing import ReadsAccounts, WritesAccounts, account_of
from chassis.http import Json
from mastoapi import deprecated
from mastoapi.pagination import paged
from mastoapi.params import PathId
from social.discovery import store
from social.paging import Page

router = APIRouter(prefix="/api", tags=["suggestions"])

OLD = deprecated.since(dt.date(2021, 11, 26))

People = Annotated[Page, Depends(paged(40, 80))]


@router.get("/v2/suggestions")
async def suggestions(page: People, viewer: ReadsAccounts, res: Res) -> Json:
    return Json(await suggesting.to(res, viewer.id, page.limit))


@router.get("/v1/suggestions")
async def without_reasons(page: People, viewer: ReadsAccounts, res: Res) -> Json:
    found = await suggesting.to(res, viewer.id, page.limit)
    return Json([suggestion.account for suggestion in found], headers=OLD)


@router.delete("/v1/suggestions/{account_id}")
async def dismiss(account_id: PathId, viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        target = await account_of(tx, account_id)
        await store.add_dismissal(tx, viewer.id, target.id)
    return Json({})
