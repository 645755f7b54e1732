"""Filters of the first version, which were single keywords: what older clients see of the new ones."""

import datetime as dt
from typing import Final

from fastapi import APIRouter, Request

from api_gateway.filtering import AskedPhrase, own_filter, own_keyword
from api_gateway.resources import Res
from api_gateway.routes.filters import ReadsFilters, WritesFilters
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi import deprecated
from mastoapi.params import PathId, params
from mastoapi.present.filters import phrase_from
from social.filters import phrases, store

router = APIRouter(prefix="/api/v1/filters", tags=["filters"])

DEPRECATED: Final = deprecated.since(dt.date(2022, 11, 14))


@router.get("")
async def everything(viewer: ReadsFilters, res: Res) -> Json:
    found = await store.of_account(res.db, viewer.id)
    return Json([phrase_from(one, keyword) for one in found for keyword in one.keywords], headers=DEPRECATED)


@router.post("")
async def create(request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedPhrase)
    async with res.db.transaction() as tx:
        made = await phrases.create(tx, viewer.id, asked.change(utc_now()), asked.keyword)
    found = await own_filter(res.db, made, viewer.id)
    return Json(phrase_from(found, found.keywords[0]), headers=DEPRECATED)


@router.get("/{keyword_id}")
async def one(keyword_id: PathId, viewer: ReadsFilters, res: Res) -> Json:
    keyword = await own_keyword(res.db, keyword_id, viewer.id)
    return Json(phrase_from(await own_filter(res.db, keyword.filter_id, viewer.id), keyword), headers=DEPRECATED)


@router.put("/{keyword_id}")
async def change(keyword_id: PathId, request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedPhrase)
    async with res.db.transaction() as tx:
        keyword = await own_keyword(tx, keyword_id, viewer.id)
        found = await own_filter(tx, keyword.filter_id, viewer.id)
        changed = await phrases.change(tx, found, keyword, asked.change(utc_now()), asked.keyword)
    return Json(phrase_from(await own_filter(res.db, found.id, viewer.id), changed), headers=DEPRECATED)


@router.delete("/{keyword_id}")
async def delete(keyword_id: PathId, viewer: WritesFilters, res: Res) -> Json:
    async with res.db.transaction() as tx:
        keyword = await own_keyword(tx, keyword_id, viewer.id)
        await phrases.delete(tx, await own_filter(tx, keyword.filter_id, viewer.id), keyword)
    return Json({}, headers=DEPRECATED)
