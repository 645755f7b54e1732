"""The only servers that we talk with, where federation is limited, in a moderator's hands."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from chassis.db import Reader
from chassis.http import Json
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId, params
from mastoapi.viewer import Viewer
from moderation import audit
from moderation.door import moderator
from moderation.jobs import CutFollows
from moderation.present import admin_domain_allow
from moderation.resources import Db
from social.errors import NoSuchRecord
from social.paging import Page
from social.policies import actions, store
from social.policies.model import Allowance

router = APIRouter(prefix="/api/v1/admin/domain_allows")

READING = [Depends(moderator("admin:read:domain_allows"))]
Acting = Annotated[Viewer, Depends(moderator("admin:write:domain_allows"))]


class Named(msgspec.Struct, frozen=True):
    domain: str = ""


@router.get("", dependencies=READING)
async def listed(request: Request, db: Db, page: Annotated[Page, Depends(paged(100, 200))]) -> Response:
    found = await store.page_of_allowances(db, page)
    return answer(request, page, [admin_domain_allow(one) for one in found], [one.id for one in found])


@router.get("/{allowance_id}", dependencies=READING)
async def show(allowance_id: PathId, db: Db) -> Response:
    return Json(admin_domain_allow(await _found(db, allowance_id)))


@router.post("")
async def create(request: Request, viewer: Acting, db: Db) -> Response:
    """One that is on the list already is answered as it is."""
    domain = actions.as_domain((await params(request, Named)).domain)
    async with db.transaction() as tx:
        allowance = await actions.allow(tx, domain)
        if allowance is not None:
            await audit.about_allowance(tx, viewer, "allow", allowance.domain)
        else:
            allowance = next(one for one in await store.allowances(tx) if one.domain == domain)
    return Json(admin_domain_allow(allowance))


@router.delete("/{allowance_id}")
async def remove(allowance_id: PathId, viewer: Acting, db: Db) -> Response:
    """Where federation is limited, this ends all follows between that server and us."""
    async with db.transaction() as tx:
        allowance = await _found(tx, allowance_id)
        await actions.disallow(tx, allowance.domain)
        await audit.about_allowance(tx, viewer, "disallow", allowance.domain)
        tx.enqueue(CutFollows(domain=allowance.domain))
    return Json({})


async def _found(db: Reader, allowance_id: int) -> Allowance:
    allowance = await store.allowance(db, allowance_id)
    if allowance is None:
        raise NoSuchRecord
    return allowance
