"""From what a person typed to an account or post, wherever it lives."""

from typing import Literal

import msgspec

from apcore import handles, jsonld, webfinger
from apcore.actors import Actor, is_actor, read_actor
from apcore.fetch import FetchFailed, FetchRefused
from apcore.handles import Handle
from apcore.jsonld import Json, Malformed
from contracts.ids import Domain, Uri
from inbox.fetching.actors import Unreachable, Unusable, introduce, introduced
from inbox.fetching.gather import Found, gather_note
from inbox.fetching.ours import account_at, account_named, status_at
from inbox.fetching.statuses import fetch_document, note_of
from inbox.resources import Resources
from social.accounts import store as accounts
from social.statuses import reading

Kind = Literal["account", "status"]


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """What was meant, and what has to be stored before it is there."""

    kind: Kind
    uri: Uri
    found: Found = Found()


async def resolve(res: Resources, resource: str) -> Resolved:
    """Raises Unusable or Unreachable when there is nothing to show."""
    resource = resource.strip()
    if resource.startswith(("https://", "http://")):
        return await _by_url(res, resource)
    handle = handles.parse(resource)
    if handle is None:
        raise Unusable
    return await _by_handle(res, handle)


async def _by_handle(res: Resources, handle: Handle) -> Resolved:
    account = await account_named(res, str(Handle(handle.username, handle.host or res.addresses.domain)))
    if account is None and handle.host and handle.host != res.addresses.domain:
        account = await accounts.by_handle(res.db, handle.username, Domain(handle.host))
        if account is None:
            return await _by_webfinger(res, handle)
    if account is None:
        raise Unusable
    return Resolved(kind="account", uri=account.uri)


async def _by_webfinger(res: Resources, handle: Handle) -> Resolved:
    if res.policies.value.is_suspended(handle.host):
        raise Unusable
    try:
        found = await webfinger.lookup(res.fetcher, handle)
    except FetchFailed as problem:
        raise Unreachable from problem
    except FetchRefused as problem:
        raise Unusable from problem
    uri = Uri(found.actor)
    known = await accounts.by_uri(res.db, uri)
    person = await introduce(res, uri, known)
    return Resolved(kind="account", uri=Uri(person.actor.id), found=Found(actors=(person,)))


async def _by_url(res: Resources, url: str) -> Resolved:
    if known := await _known(res, url):
        return known
    if res.addresses.is_ours(url):
        raise Unusable
    document = await fetch_document(res, url)
    # A page's address led to a document that has another id.
    identity = jsonld.web_uri(document.get("id")) or ""
    if known := await _known(res, identity):
        return known
    return await _fetched(res, document)


async def _known(res: Resources, url: str) -> Resolved | None:
    account = await account_at(res, url) or await accounts.by_uri(res.db, Uri(url))
    if account is not None:
        return Resolved(kind="account", uri=account.uri)
    status = await (status_at(res, url) if res.addresses.is_ours(url) else reading.by_uri(res.db, Uri(url)))
    return Resolved(kind="status", uri=status.uri) if status is not None else None


async def _fetched(res: Resources, document: Json) -> Resolved:
    if is_actor(document):
        actor = _actor_in(document)
        person = await introduced(res, actor, None)
        return Resolved(kind="account", uri=Uri(actor.id), found=Found(actors=(person,)))
    note = note_of(document)
    if note is None:
        raise Unusable
    return Resolved(kind="status", uri=Uri(note.id), found=await gather_note(res, note))


def _actor_in(document: Json) -> Actor:
    try:
        return read_actor(document)
    except Malformed as problem:
        raise Unusable from problem
