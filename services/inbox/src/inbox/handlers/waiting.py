"""Requests whose signer's key did not come in time."""

import datetime as dt

import structlog
from starlette.exceptions import HTTPException

from apcore.signatures import cavage
from inbox import store
from inbox.accepting import job_for
from inbox.authorship import authenticate
from inbox.jobs import VerifyLater
from inbox.letters import open_letter
from inbox.metrics import REFUSED
from inbox.resources import Resources
from inbox.verification import KeyAway, read_signatures

log = structlog.get_logger()

GIVE_UP = dt.timedelta(hours=6)


async def on_verify_later(res: Resources, job: VerifyLater) -> None:
    """Verify as at the door. While the key stays away this raises, and is tried again for hours."""
    kept = await store.waiting(res.db, job.waiting_id)
    if kept is None:
        return
    request = cavage.Request(method="POST", target=kept.target, headers=kept.headers, body=kept.body)
    try:
        letter = open_letter(request, kept.inbox_of, kept.received_at)
        signatures = read_signatures(res, request, kept.received_at)
        word = await authenticate(res, letter, signatures)
    except KeyAway:
        if dt.datetime.now(dt.UTC) - kept.received_at < GIVE_UP:
            raise
        REFUSED.labels("no_key").inc()
    except HTTPException as refusal:
        log.info("a request that waited is refused", host=kept.host, reason=refusal.detail)
    else:
        if (next_job := job_for(res, letter, word, signatures)) is not None:
            await res.bus.enqueue(next_job)
    async with res.db.transaction() as tx:
        await store.remove_waiting(tx, kept.id)
