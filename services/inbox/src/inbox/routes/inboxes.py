"""Where other servers deliver."""

import datetime as dt

from fastapi import APIRouter, Request, Response

from apcore.signatures.styles import Signature
from contracts.ids import AccountId
from inbox import store
from inbox.accepting import check_pace, check_policy, is_nothing_to_us, job_for
from inbox.authorship import authenticate
from inbox.jobs import VerifyLater
from inbox.letters import Letter, read_letter
from inbox.metrics import ACCEPTED
from inbox.refusals import refused
from inbox.resources import Res, Resources
from inbox.serving import AccountNumber
from inbox.verification import KeyAway, read_signatures
from social.accounts.model import INSTANCE_ACTOR

NEEDED = frozenset({"signature", "signature-input", "digest", "content-digest", "date", "host"})
"""Headers that verifying asks for, beside those that are signed."""

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
    now, patience = dt.datetime.now(dt.UTC), res.settings.body_seconds
    letter = await read_letter(request, inbox_of, now, body_seconds=patience)
    check_policy(res, letter)
    if await is_nothing_to_us(res, letter):
        return Response(status_code=202)
    signatures = read_signatures(res, letter.request, letter.received_at)
    try:
        word = await authenticate(res, letter, signatures)
    except KeyAway:
        await _let_wait(res, letter, signatures)
    else:
        check_pace(res, letter, word, signatures)
        if (job := job_for(res, letter, word, signatures)) is not None:
            await res.bus.enqueue(job)
    return Response(status_code=202)


async def _let_wait(res: Resources, letter: Letter, signatures: tuple[Signature, ...]) -> None:
    covered = {name for signature in signatures for name in signature.covered}
    needed = covered | NEEDED
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
