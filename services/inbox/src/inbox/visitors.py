"""Who asks for a document of ours. Where everybody has to say so, nobody else is answered."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import Depends, Request

from apcore import jsonld
from apcore.actors import is_actor
from apcore.fetch import FetchFailed, FetchRefused
from apcore.jsonld import Json
from apcore.signatures import cavage
from apcore.signatures.cavage import SignatureRefused
from contracts.ids import AccountId, Domain, Uri
from inbox.letters import target_of
from inbox.refusals import refused
from inbox.resources import Res, Resources
from inbox.serving import CONFIDENTIAL, OPEN, wants_page
from inbox.verification import KeyAway, account_named, read_signatures, verify
from social.accounts import store as accounts
from social.accounts.model import Account
from social.domain_blocks import store as domain_blocks
from social.relationships.store import is_blocked


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever asks. Without `uri` we did not look: everybody is answered alike."""

    uri: Uri | None = None
    account: Account | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """What is for those who sign may be kept by nobody between us."""
        return OPEN if self.uri is None else CONFIDENTIAL

    @property
    def host(self) -> str:
        return jsonld.host_of(self.uri or "")

    @property
    def domains(self) -> set[Domain]:
        """Where it is from: by its address, and by its handle."""
        named = {self.account.domain} if self.account and self.account.domain else set()
        return named | {Domain(self.host)}


async def admit(request: Request, res: Res) -> Visitor:
    """Raises 401 for whoever does not sign though everybody has to, and 403 for servers that we do not talk with."""
    return await verified(request, res) if res.settings.requires_signatures else Visitor()


async def admit_to_page(request: Request, res: Res) -> Visitor:
    """As `admit`, where a browser is led on to a page."""
    return Visitor() if wants_page(request) else await admit(request, res)


Guest = Annotated[Visitor, Depends(admit)]
GuestOrReader = Annotated[Visitor, Depends(admit_to_page)]


async def is_barred(res: Resources, owner: AccountId, visitor: Visitor) -> bool:
    """Whether this account of ours wants the visitor, or everybody of its server, to see nothing."""
    if visitor.uri is None:
        return False
    if visitor.account is not None and await is_blocked(res.db, owner, visitor.account.id):
        return True
    return await domain_blocks.holds_any(res.db, owner, visitor.domains)


async def verified(request: Request, res: Resources, *, only_known: bool = False) -> Visitor:
    """Who signed the request. With `only_known` nothing is fetched for the sake of strangers."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    try:
        signed = cavage.request_of(request.method, target_of(request), headers)
    except SignatureRefused as problem:
        raise refused("signature", str(problem)) from problem
    signatures = read_signatures(res, signed, dt.datetime.now(dt.UTC))
    visitor = await owner_of(res, signatures[0].key_id, only_known=only_known)
    assert visitor.uri is not None
    if res.addresses.is_ours(visitor.uri):
        raise refused("key_host", "That is not your key")
    if any(res.policies.value.is_suspended(domain) for domain in visitor.domains):
        raise refused("suspended", "This server does not talk with yours")
    if visitor.account is not None and visitor.account.suspended_at is not None:
        raise refused("suspended", "You are suspended here")
    await verify(res, signed, signatures, visitor.uri)
    return visitor


async def owner_of(res: Resources, key_id: str, *, only_known: bool = False) -> Visitor:
    """Whose the key says to be, which the actor's own document has to confirm: by our record or by its address."""
    bare, fragment, _ = key_id.partition("#")
    account = await account_named(res, key_id)
    if account is not None:
        return Visitor(uri=account.uri, account=account)
    if only_known:
        raise refused("no_key", "Nobody here knows you")
    if fragment:
        return Visitor(uri=Uri(bare))
    uri = await _owner_named_at(res, key_id)
    return Visitor(uri=uri, account=await accounts.by_uri(res.db, uri))


async def _owner_named_at(res: Resources, key_id: str) -> Uri:
    """GoToSocial gives its keys addresses of their own."""
    if res.policies.value.is_suspended(jsonld.host_of(key_id)):
        raise refused("suspended", "This server does not talk with yours")
    try:
        answer = await res.fetcher.get_document(
            key_id, sign_with=await res.identity.signer(), seconds=res.settings.key_seconds
        )
    except FetchFailed as problem:
        raise KeyAway from problem
    except FetchRefused as problem:
        raise refused("no_key", "The key cannot be fetched") from problem
    owner = _owner_in(answer.document)
    if owner is None or not jsonld.same_host(owner, key_id):
        raise refused("no_key", "The key has no owner")
    return Uri(owner)


def _owner_in(document: Json) -> str | None:
    named = document.get("id") if is_actor(document) else document.get("owner") or document.get("controller")
    return jsonld.web_uri(named)
