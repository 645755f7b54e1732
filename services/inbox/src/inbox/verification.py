"""Who signed: the signatures of a request, the keys they name, and whose keys those are."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import msgspec

from apcore import jsonld
from apcore.actors import read_actor
from apcore.fetch import FetchFailed, FetchRefused
from apcore.jsonld import Malformed
from apcore.keys import BadKey, VerifyingKey
from apcore.signatures import cavage, styles
from apcore.signatures.cavage import Request, SignatureRefused
from apcore.signatures.digest import BadDigest
from apcore.signatures.styles import Signature
from chassis.errors import Unavailable
from contracts.ids import Domain, Uri
from inbox import letters
from inbox.metrics import KEY_FETCHES
from inbox.refusals import refused
from inbox.resources import Resources
from social.accounts import store as accounts
from social.accounts.model import Account


class KeyAway(Unavailable):
    """The signer's key could not be fetched in time"""


class Unproven(Exception):  # noqa: N818 (reads as what the claim is)
    """None of the claims holds; `reason` is one of those of refusals."""

    def __init__(self, reason: str, explanation: str) -> None:
        super().__init__(explanation)
        self.reason = reason


class Claim(msgspec.Struct, frozen=True):
    """That the key of this id made something."""

    key_id: str
    holds: Callable[[VerifyingKey], bool]


def read_signatures(res: Resources, request: Request, now: dt.datetime) -> tuple[Signature, ...]:
    """The signatures that cover what they must and were made for us in their time; at least one."""
    if "signature" not in request.headers:
        raise refused("no_signature", "Sign the request after RFC 9421 or draft-cavage-http-signatures-12")
    try:
        signatures = styles.read(request, now)
    except SignatureRefused as problem:
        raise refused("signature", str(problem)) from problem
    except BadDigest as problem:
        raise refused("digest", str(problem)) from problem
    # One after the RFC is verified with our own address in it, whatever `Host` says.
    drafts = (signature for signature in signatures if isinstance(signature, cavage.Signature))
    if any("host" in draft.covered for draft in drafts) and not letters.is_meant_for(request, res.settings.url):
        raise refused("wrong_host", "The request was made for another server")
    return signatures


async def account_named(res: Resources, key_id: str) -> Account | None:
    """Whom the key belongs to, as far as its name tells. Where that is an address, nobody else may take it."""
    return await accounts.by_uri(res.db, address_of(key_id)) or await accounts.by_key_id(res.db, key_id)


def address_of(key_id: str) -> Uri:
    """The document that has the key: the fragment names it within."""
    return Uri(key_id.partition("#")[0])


async def verify(res: Resources, request: Request, signatures: Sequence[Signature], actor: Uri) -> bool:
    """Return if the actor signed the request, and raise if not. True: with a key that we have not on record."""

    def claim(signature: Signature) -> Claim:
        return Claim(signature.key_id, lambda key: styles.verify(request, res.settings.url, signature, key))

    try:
        return await attest(res, actor, [claim(signature) for signature in signatures])
    except Unproven as problem:
        raise refused(problem.reason, str(problem)) from problem


async def attest(res: Resources, actor: Uri, claims: Sequence[Claim]) -> bool:
    """Return if a key of the actor's made what is claimed, and raise if not. True: one that is not on record."""
    claims = [claim for claim in claims if jsonld.same_host(claim.key_id, actor)]
    if not claims:
        raise Unproven("key_host", "The key lies on another host than the actor")
    held = res.keyring.of(actor)
    if _any_holds(res, claims, held):
        return False
    account = await accounts.by_uri(res.db, actor)
    on_record = account.keys if account else {}
    if _any_holds(res, claims, on_record):
        res.keyring.put(actor, on_record)
        return False
    if (held or on_record) and not res.keyring.may_refetch(actor):
        raise Unproven("signature", "The signature does not match")
    if res.keyring.has_none(actor):
        raise Unproven("no_key", "The key cannot be fetched")
    if account is None and not await may_meet(res, actor):
        raise refused("too_many_hosts", "Too many new servers of your domain: come again later")
    fetched = await _fetched_keys(res, actor)
    res.keyring.put(actor, fetched)
    if not any(claim.key_id in fetched for claim in claims):
        raise Unproven("no_key", "The actor has no such key")
    if not _any_holds(res, claims, fetched):
        raise Unproven("signature", "The signature does not match")
    return True


async def may_meet(res: Resources, actor: Uri) -> bool:
    """Whether the host of somebody unknown may be asked."""
    host = Domain(jsonld.host_of(actor))
    return await accounts.is_host_known(res.db, host) or res.newcomers.may_meet(host)


async def _fetched_keys(res: Resources, actor: Uri) -> dict[str, str]:
    """The keys as the actor's own document has them: nothing else says whose key it is."""
    try:
        answer = await res.fetcher.get_document(
            actor, sign_with=await res.identity.signer(), exact=True, seconds=res.settings.key_seconds
        )
        found = read_actor(answer.document)
    except FetchFailed as problem:
        KEY_FETCHES.labels("away").inc()
        res.keyring.was_away(actor)
        raise KeyAway from problem
    except (FetchRefused, Malformed) as problem:
        KEY_FETCHES.labels("refused").inc()
        res.keyring.found_none(actor)
        raise Unproven("no_key", "The key cannot be fetched") from problem
    KEY_FETCHES.labels("found" if found.keys_by_id else "absent").inc()
    if not found.keys_by_id:
        res.keyring.found_none(actor)
    return found.keys_by_id


def _any_holds(res: Resources, claims: Sequence[Claim], keys: Mapping[str, str]) -> bool:
    return any(claim.key_id in keys and _holds(res, claim, keys[claim.key_id]) for claim in claims)


def _holds(res: Resources, claim: Claim, written: str) -> bool:
    try:
        return claim.holds(res.keyring.parsed(written))
    except BadKey:
        return False
