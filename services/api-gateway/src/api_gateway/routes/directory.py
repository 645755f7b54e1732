"""The directory of people who want to be found."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.finding import FURTHEST, bounded
from api_gateway.resources import Res
from chassis.http import Json
from mastoapi import present
from mastoapi.params import params
from mastoapi.viewer import Viewer, id_of, welcomes
from social.accounts import store as accounts
from social.discovery import store

router = APIRouter(prefix="/api/v1/directory", tags=["directory"])

Anybody = Annotated[Viewer | None, Depends(welcomes())]


class Part(msgspec.Struct, frozen=True):
    order: Literal["active", "new"] = "active"
    local: bool = False
    limit: int = 40
    offset: int = 0


@router.get("")
async def directory(request: Request, viewer: Anybody, res: Res) -> Json:
    asked = await params(request, Part)
    limit, offset = bounded(asked.limit, 80) or 40, bounded(asked.offset, FURTHEST)
    find = store.newest if asked.order == "new" else store.most_active
    ids = await find(res.db, id_of(viewer), local=asked.local, limit=limit, offset=offset)
    rows = await accounts.many(res.db, ids)
    hidden = {i for i, row in rows.items() if res.policies.value.hides(row) or res.policies.value.limits(row)}
    return Json(
        await present.accounts(res.db, [i for i in ids if i not in hidden], res.urls, policies=res.policies.value)
    )
