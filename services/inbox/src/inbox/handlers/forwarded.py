"""Activities that somebody else brought and nobody proved: their objects are asked for where they live."""

import datetime as dt
from typing import Any

from apcore import jsonld
from apcore.fetch import FetchFailed, FetchRefused
from apcore.jsonld import Json
from inbox.fetching.actors import FETCH_SECONDS, Unreachable, Unusable
from inbox.fetching.statuses import note_of
from inbox.handlers.received import on_received
from inbox.jobs import ReceivedAtLarge, Refetch
from inbox.metrics import FORWARDED
from inbox.resources import Resources

GONE = 410
PATIENCE = dt.timedelta(hours=1)


async def on_refetch(res: Resources, job: Refetch) -> None:
    """Do what the object's own server shows to have happened. Nothing of what was brought counts, but its address."""
    try:
        document = await _at_origin(res, job)
    except Unreachable:
        if dt.datetime.now(dt.UTC) - job.received_at < PATIENCE:
            raise
        document = None
    except Unusable:
        document = None
    FORWARDED.labels("refetched" if document else "dropped").inc()
    if document is not None:
        said = ReceivedAtLarge(document=document, received_at=job.received_at, brought_by=job.brought_by)
        await on_received(res, said)


async def _at_origin(res: Resources, job: Refetch) -> dict[str, Any] | None:
    """The activity, as far as the origin bears it out."""
    if res.addresses.is_ours(job.object) or res.policies.value.is_suspended(jsonld.host_of(job.object)):
        raise Unusable
    signer = await res.identity.signer()
    try:
        found = (await res.fetcher.get_document(job.object, sign_with=signer, seconds=FETCH_SECONDS)).document
    except FetchFailed as problem:
        raise Unreachable from problem
    except FetchRefused as problem:
        # 404 is also what a server says of that which we may not see.
        if problem.status == GONE and job.kind == "Delete":
            return _deletion(job)
        raise Unusable from problem
    if job.kind == "Delete":
        is_gone = jsonld.type_of(found) == "Tombstone" and jsonld.web_uri(found.get("id")) == job.object
        return _deletion(job) if is_gone else None
    return _post(job, found)


def _deletion(job: Refetch) -> Json:
    return {"type": "Delete", "actor": job.actor, "object": job.object}


def _post(job: Refetch, found: Json) -> Json | None:
    note = note_of(found)
    if note is None or note.attributed_to != job.actor:
        return None
    addressed = {name: found[name] for name in ("to", "cc") if name in found}
    return {"type": job.kind, "actor": job.actor, "object": found} | addressed
