"""Who sent a request: the signature, the key, and whose key it is."""

import datetime as dt

from apcore import jsonld
from apcore.actors import read_actor
from apcore.fetch import FetchFailed, FetchRefused
from apcore.jsonld import Malformed
from apcore.keys import BadKey
from apcore.signatures import cavage
from apcore.signatures.cavage import Request, Signature, SignatureRefused
from apcore.signatures.digest import BadDigest
from chassis.errors import Unavailable
from contracts.ids import Uri
from inbox import letters
from inbox.metrics import KEY_FETCHES
from inbox.refusals import refused
from inbox.resources import Resources
from social.accounts import store as accounts


class KeyAway(Unavailable):
    """The signer's key could not be fetched in time"""


def read_signature(res: Resources, request: Request, now: dt.datetime) -> Signature:
    """The signature, if it covers what it must and was made for us in its time."""
    if "signature" not in request.headers:
        raise refused("no_signature", "Sign the request after draft-cavage-http-signatures-12")
    try:
        signature = cavage.read(request, now)
    except (SignatureRefused, BadDigest) as problem:
        raise refused("signature", str(problem)) from problem
    if "host" in signature.covered and not letters.is_meant_for(request, res.settings.url):
        raise refused("wrong_host", "The request was made for another server")
    return signature


async def verify(res: Resources, request: Request, signature: Signature, actor: Uri) -> bool:
    """Return if the actor signed the request, and raise if not. True: with a key that we have not on record."""
    if not jsonld.same_host(signature.key_id, actor):
        raise refused("key_host", "The key lies on another host than the actor")
    known = await _known_key(res, signature.key_id, actor)
    if known is not None:
        if _matches(res, request, signature, known):
            res.keyring.put(signature.key_id, actor, known)
            return False
        if not res.keyring.may_refetch(actor):
            raise refused("signature", "The signature does not match")
    fetched = await _fetched_key(res, signature.key_id, actor)
    if fetched == known or not _matches(res, request, signature, fetched):
        raise refused("signature", "The signature does not match")
    res.keyring.put(signature.key_id, actor, fetched)
    return True


async def _known_key(res: Resources, key_id: str, actor: Uri) -> str | None:
    if pem := res.keyring.get(key_id, actor):
        return pem
    account = await accounts.by_uri(res.db, actor)
    return account.public_key_pem if account and account.public_key_id == key_id else None


async def _fetched_key(res: Resources, key_id: str, actor: Uri) -> str:
    """The key as the actor's own document has it: nothing else says whose key it is."""
    try:
        answer = await res.fetcher.get_document(
            actor, sign_with=await res.identity.signer(), exact=True, seconds=res.settings.key_seconds
        )
        keys = read_actor(answer.document).keys
    except FetchFailed as problem:
        KEY_FETCHES.labels("away").inc()
        raise KeyAway from problem
    except (FetchRefused, Malformed) as problem:
        KEY_FETCHES.labels("refused").inc()
        raise refused("no_key", "The key cannot be fetched") from problem
    pem = next((key.pem for key in keys if key.id == key_id), None)
    KEY_FETCHES.labels("found" if pem else "absent").inc()
    if pem is None:
        raise refused("no_key", "The actor has no such key")
    return pem


def _matches(res: Resources, request: Request, signature: Signature, pem: str) -> bool:
    try:
        return cavage.verify(request, signature, res.keyring.parsed(pem))
    except BadKey:
        return False
