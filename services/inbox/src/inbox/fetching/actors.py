"""Actors, fetched from where they live, with the handle that their server confirms."""

import structlog

from apcore import handles, jsonld, webfinger
from apcore.actors import Actor, read_actor
from apcore.fetch import FetchFailed, FetchRefused
from apcore.handles import Handle
from apcore.jsonld import Malformed
from chassis.errors import NotFound, Unavailable
from contracts.ids import Domain, Uri
from inbox.resources import Resources
from inbox.verification import may_meet
from social.accounts.model import Account
from social.federation.actor import Introduced
from social.statuses import reading

log = structlog.get_logger()

FETCH_SECONDS = 10.0
"""How long a worker waits for one answer of another server."""


class Unreachable(Unavailable):
    """The other server does not answer"""


class Unusable(NotFound):
    """The other server has nothing there that we could use"""


async def introduce(res: Resources, uri: Uri, known: Account | None = None) -> Introduced:
    """Raises Unreachable when it may work later, Unusable when it will not."""
    if res.addresses.is_ours(uri) or res.policies.value.is_suspended(jsonld.host_of(uri)):
        raise Unusable
    if known is None and not await may_meet(res, uri):
        raise Unreachable
    try:
        answer = await res.fetcher.get_document(
            uri, sign_with=await res.identity.signer(), exact=True, seconds=FETCH_SECONDS
        )
        actor = read_actor(answer.document)
    except FetchFailed as problem:
        raise Unreachable from problem
    except (FetchRefused, Malformed) as problem:
        raise Unusable from problem
    return await introduced(res, actor, known)


async def introduced(res: Resources, actor: Actor, known: Account | None) -> Introduced:
    """An actor that was fetched from its own server, with its handle confirmed."""
    # Who said farewell is not brought back because somebody still names them, or their server still shows them.
    if known is None and await reading.is_tombstone(res.db, Uri(actor.id), Uri(actor.id)):
        raise Unusable
    try:
        handle = await _confirmed(res, actor, known)
    except FetchFailed as problem:
        raise Unreachable from problem
    except FetchRefused as problem:
        raise Unusable from problem
    domain = Domain(handle.host or "")
    # Nobody elsewhere is one of us, nor receives at our door: we would write to ourselves.
    is_ours = domain == res.addresses.domain or any(map(res.addresses.is_ours, (actor.id, actor.inbox)))
    if is_ours or res.policies.value.is_suspended(domain):
        raise Unusable
    res.keyring.renew(Uri(actor.id), actor.keys_by_id)
    if known is not None and not known.keys.items() <= actor.keys_by_id.items():
        log.info("an account has other keys", uri=actor.id)
    return Introduced(
        actor=actor,
        username=handle.username,
        domain=domain,
        takes_media=res.policies.value.may_fetch_media(domain),
    )


async def _confirmed(res: Resources, actor: Actor, known: Account | None) -> Handle:
    """The handle it may carry. One that was confirmed before and has not changed is not asked for again."""
    said = handles.parse(actor.webfinger) if actor.webfinger else None
    if known is not None and known.uri == actor.id and _carries(known, said or Handle(actor.username, known.domain)):
        return Handle(known.username, known.domain)
    handle = said or Handle(actor.username, jsonld.host_of(actor.id))
    if handle.host == res.addresses.domain:
        raise FetchRefused("webfinger mismatch")
    return await webfinger.confirm(res.fetcher, actor.id, handle, seconds=FETCH_SECONDS)


def _carries(known: Account, handle: Handle) -> bool:
    return str(Handle(known.username, known.domain)).casefold() == str(handle).casefold()
