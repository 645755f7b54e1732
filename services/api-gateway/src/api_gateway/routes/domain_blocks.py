"""Servers that the viewer wants nothing from."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from chassis.http import Json
from contracts.ids import Domain
from mastoapi.entities.accounts import DomainBlockPreview
from mastoapi.pagination import answer, paged
from mastoapi.params import params
from mastoapi.viewer import Viewer, requires
from social.domain_blocks import actions, store
from social.paging import Page
from social.policies.actions import as_domain

router = APIRouter(prefix="/api/v1/domain_blocks", tags=["domain_blocks"])

Reads = Annotated[Viewer, Depends(requires("read:blocks"))]
Writes = Annotated[Viewer, Depends(requires("write:blocks"))]


class Which(msgspec.Struct, frozen=True):
    domain: str = ""

    @property
    def name(self) -> Domain:
        return as_domain(self.domain)


@router.get("")
async def blocked(request: Request, page: Annotated[Page, Depends(paged(100, 200))], viewer: Reads, res: Res) -> Json:
    found = await store.of_account(res.db, viewer.id, page)
    return answer(request, page, [domain for _, domain in found], [i for i, _ in found], back="since_id")


@router.get("/preview")
async def preview(request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Which)
    ties = await store.ties_with(res.db, viewer.id, asked.name)
    return Json(DomainBlockPreview(following_count=ties.following, followers_count=ties.followers))


@router.post("")
async def block(request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Which)
    async with res.db.transaction() as tx:
        await actions.block(tx, viewer.id, asked.name)
    return Json({})


@router.delete("")
async def unblock(request: Request, viewer: Writes, res: Res) -> Json:
    asked = await params(request, Which)
    async with res.db.transaction() as tx:
        await actions.unblock(tx, viewer.id, asked.name)
    return Json({})
