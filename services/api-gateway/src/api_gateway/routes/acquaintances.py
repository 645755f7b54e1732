"""Whom the viewer knows among an account's followers, and what else once told who somebody is."""

import datetime as dt
from itertools import chain
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway.resources import Res
from api_gateway.seeing import account_of
from chassis.http import Json
from contracts.ids import AccountId
from mastoapi import deprecated, present
from mastoapi.entities.accounts import FamiliarFollowers
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import Viewer, requires
from social.relationships import listing

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])

MOST_AT_ONCE: Final = 40
MOST_EACH: Final = 40
PROOFS_ENDED: Final = deprecated.since(dt.date(2022, 3, 30))


class Ids(msgspec.Struct, frozen=True):
    id: list[Id] = []


@router.get("/familiar_followers")
async def familiar(request: Request, viewer: Annotated[Viewer, Depends(requires("read:follows"))], res: Res) -> Json:
    asked = await params(request, Ids)
    ids = [AccountId(i) for i in dict.fromkeys(asked.id)][:MOST_AT_ONCE]
    found = await listing.familiar_followers_of(res.db, viewer.id, ids, MOST_EACH)
    people = dict.fromkeys(chain.from_iterable(found.values()))
    known = {
        person.id: person
        for person in await present.accounts(res.db, list(people), res.urls, policies=res.policies.value)
    }
    return Json(
        [
            FamiliarFollowers(id=str(i), accounts=[known[str(one)] for one in found[i] if str(one) in known])
            for i in ids
            if i in found
        ]
    )


@router.get("/{account_id}/identity_proofs")
async def identity_proofs(account_id: PathId, _: Annotated[Viewer, Depends(requires())], res: Res) -> Json:
    """The service that gave them is no more."""
    await account_of(res.db, account_id)
    return Json([], headers=PROOFS_ENDED)
