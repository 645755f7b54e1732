"""Filters, their keywords and their posts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway.filtering import (
    AskedFilter,
    AskedKeyword,
    AskedStatus,
    own_filter,
    own_filter_status,
    own_keyword,
    visible_status,
)
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi.params import PathId, params
from mastoapi.present.filters import filter_from, filter_status_from, keyword_from
from mastoapi.viewer import Viewer, requires
from social.filters import actions, store

router = APIRouter(prefix="/api/v2/filters", tags=["filters"])

ReadsFilters = Annotated[Viewer, Depends(requires("read:filters"))]
WritesFilters = Annotated[Viewer, Depends(requires("write:filters"))]


@router.get("")
async def everything(viewer: ReadsFilters, res: Res) -> Json:
    return Json([filter_from(found) for found in await store.of_account(res.db, viewer.id)])


@router.post("")
async def create(request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedFilter)
    async with res.db.transaction() as tx:
        made = await actions.create(tx, viewer.id, asked.change(utc_now()))
    return Json(filter_from(await own_filter(res.db, made, viewer.id)))


@router.get("/keywords/{keyword_id}")
async def keyword(keyword_id: PathId, viewer: ReadsFilters, res: Res) -> Json:
    return Json(keyword_from(await own_keyword(res.db, keyword_id, viewer.id)))


@router.put("/keywords/{keyword_id}")
async def change_keyword(keyword_id: PathId, request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedKeyword)
    async with res.db.transaction() as tx:
        known = await own_keyword(tx, keyword_id, viewer.id)
        changed = await actions.change_keyword(tx, viewer.id, known, asked.change)
    return Json(keyword_from(changed))


@router.delete("/keywords/{keyword_id}")
async def remove_keyword(keyword_id: PathId, viewer: WritesFilters, res: Res) -> Json:
    async with res.db.transaction() as tx:
        known = await own_keyword(tx, keyword_id, viewer.id)
        await actions.remove_keyword(tx, viewer.id, known.id)
    return Json({})


@router.get("/statuses/{row_id}")
async def status(row_id: PathId, viewer: ReadsFilters, res: Res) -> Json:
    return Json(filter_status_from(await own_filter_status(res.db, row_id, viewer.id)))


@router.delete("/statuses/{row_id}")
async def remove_status(row_id: PathId, viewer: WritesFilters, res: Res) -> Json:
    async with res.db.transaction() as tx:
        known = await own_filter_status(tx, row_id, viewer.id)
        await actions.remove_status(tx, viewer.id, known)
    return Json(filter_status_from(known))


@router.get("/{filter_id}")
async def one(filter_id: PathId, viewer: ReadsFilters, res: Res) -> Json:
    return Json(filter_from(await own_filter(res.db, filter_id, viewer.id)))


@router.put("/{filter_id}")
async def change(filter_id: PathId, request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedFilter)
    async with res.db.transaction() as tx:
        await actions.change(tx, await own_filter(tx, filter_id, viewer.id), asked.change(utc_now()))
    return Json(filter_from(await own_filter(res.db, filter_id, viewer.id)))


@router.delete("/{filter_id}")
async def delete(filter_id: PathId, viewer: WritesFilters, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await actions.delete(tx, await own_filter(tx, filter_id, viewer.id))
    return Json({})


@router.get("/{filter_id}/keywords")
async def keywords(filter_id: PathId, viewer: ReadsFilters, res: Res) -> Json:
    found = await own_filter(res.db, filter_id, viewer.id)
    return Json([keyword_from(keyword) for keyword in found.keywords])


@router.post("/{filter_id}/keywords")
async def add_keyword(filter_id: PathId, request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedKeyword)
    async with res.db.transaction() as tx:
        added = await actions.add_keyword(tx, await own_filter(tx, filter_id, viewer.id), asked.change)
    return Json(keyword_from(added))


@router.get("/{filter_id}/statuses")
async def statuses(filter_id: PathId, viewer: ReadsFilters, res: Res) -> Json:
    found = await own_filter(res.db, filter_id, viewer.id)
    return Json([filter_status_from(status) for status in found.statuses])


@router.post("/{filter_id}/statuses")
async def add_status(filter_id: PathId, request: Request, viewer: WritesFilters, res: Res) -> Json:
    asked = await params(request, AskedStatus)
    async with res.db.transaction() as tx:
        found = await own_filter(tx, filter_id, viewer.id)
        added = await actions.add_status(tx, found, await visible_status(tx, asked, viewer.id))
    return Json(filter_status_from(added))
