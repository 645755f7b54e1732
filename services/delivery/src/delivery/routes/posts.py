"""How far something that was said here has come. For operators and other services of ours."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from chassis.http import Json, require_internal
from contracts.ids import Uri
from delivery.resources import Db
from delivery.store import results
from delivery.store.results import Refusal, Sent, Waiting

router = APIRouter(prefix="/internal/deliveries", dependencies=[Depends(require_internal)])

MOST = 1000


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """An activity, and whom it has not reached."""

    sent: Sent
    waiting: list[Waiting]
    refused: list[Refusal]


@router.get("")
async def about(db: Db, about: Annotated[str, Query()]) -> Response:
    """Every activity about the object of this address, oldest first."""
    return Json(
        [
            Trace(
                sent=sent,
                waiting=await results.waiting_of(db, sent.id, MOST),
                refused=await results.refusals_of(db, sent.id, MOST),
            )
            for sent in await results.sent_about(db, Uri(about))
        ]
    )
