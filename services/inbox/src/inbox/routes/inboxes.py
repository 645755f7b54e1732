"""Where other servers deliver."""

import datetime as dt

from fastapi import APIRouter, Request, Response

from apcore.signatures.cavage import Signature
from contracts.ids import AccountId
from inbox import store
from inbox.accepting import check_policy, is_nothing_to_us, job_for
from inbox.jobs import VerifyLater
from inbox.letters import Letter, read_letter
from inbox.metrics import ACCEPTED
from inbox.refusals import refused
from inbox.resources import Res, Resources
from inbox.serving import AccountNumber
from inbox.verification import KeyAway, read_signature, verify
from social.accounts.model import INSTANCE_ACTOR

router = APIRouter()


@router.post("/inbox")
async def shared(request: Request, res: Res) -> Response:
    return await _take(request, res, None)


@router.post("/actor/inbox")
async def of_instance_actor(request: Request, res: Res) -> Response:
    return await _take(request, res, INSTANCE_ACTOR)


@router.post("/ap/users/{account_id}/inbox")
async def of_account(request: Request, account_id: AccountNumber, res: Res) -> Response:
    return await _take(request, res, account_id)


async def _take(request: Request, res: Resources, inbox_of: AccountId | None) -> Response:
    """Accept with 202 once the activity lies on the bus, or in the lane that waits for keys."""
    letter = await read_letter(request, inbox_of, dt.datetime.now(dt.UTC))
    check_policy(res, letter)
    if await is_nothing_to_us(res, letter):
        return Response(status_code=202)
    signature = read_signature(res, letter.request, letter.received_at)
    try:
        has_new_key = await verify(res, letter.request, signature, letter.actor)
    except KeyAway:
        await _let_wait(res, letter, signature)
    else:
        await res.bus.enqueue(job_for(res, letter, has_new_key=has_new_key))
    return Response(status_code=202)


async def _let_wait(res: Resources, letter: Letter, signature: Signature) -> None:
    needed = {*signature.covered, "signature", "digest", "date", "host"}
    async with res.db.transaction() as tx:
        waiting_id = await store.add_waiting(
            tx,
            host=letter.host,
            target=letter.request.target,
            headers={name: value for name, value in letter.request.headers.items() if name in needed},
            body=letter.request.body or b"",
            inbox_of=letter.inbox_of,
            received_at=letter.received_at,
            per_host=res.settings.unverified_per_host,
            altogether=res.settings.unverified,
        )
        if waiting_id is None:
            raise refused("lane_full", "Too many of your requests wait for their keys")
        tx.enqueue(VerifyLater(waiting_id=waiting_id))
    ACCEPTED.labels("unverified").inc()
