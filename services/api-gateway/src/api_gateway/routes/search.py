"""Search in everything."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway import finding, tagging
from api_gateway.resources import Res
from chassis.errors import Unauthenticated
from chassis.http import Json
from mastoapi import present
from mastoapi.entities.statuses import Search
from mastoapi.params import params
from mastoapi.viewer import Viewer, id_of, welcomes

router = APIRouter(prefix="/api/v2", tags=["search"])


class AnonymousPaging(Unauthenticated):
    """Search queries pagination is not supported without authentication"""


class AnonymousResolving(Unauthenticated):
    """Search queries that resolve remote resources is not supported without authentication"""


@router.get("/search")
async def search(
    request: Request, viewer: Annotated[Viewer | None, Depends(welcomes("read:search"))], res: Res
) -> Json:
    asked = await params(request, finding.Query)
    if viewer is None:
        _check_stranger(asked)
    me = id_of(viewer)
    found = await finding.everything(res, asked, me)
    statuses = await present.statuses(res.db, found.statuses, me, res.urls, unasked=True, policies=res.policies.value)
    return Json(
        Search(
            accounts=await present.accounts(res.db, found.accounts, res.urls, policies=res.policies.value),
            statuses=statuses,
            hashtags=await tagging.presented(res.db, found.tags, res.urls),
        )
    )


def _check_stranger(asked: finding.Query) -> None:
    if asked.offset > 0:
        raise AnonymousPaging
    if asked.resolve:
        raise AnonymousResolving
