"""Whose word an activity is: that of who brings it, or of somebody else whose proof it carries."""

import msgspec
from anyio import to_thread

from apcore import activities, jsonld
from apcore.activities import Create, Delete, Update
from apcore.jsonld import Json, Malformed
from apcore.signatures import ld, proofs
from apcore.signatures.ld import LdRefused
from apcore.signatures.proofs import Proof, ProofRefused
from apcore.signatures.styles import Signature
from contracts.ids import Uri
from inbox.letters import Letter
from inbox.metrics import FORWARDED
from inbox.refusals import refused
from inbox.resources import Resources
from inbox.verification import Claim, Unproven, account_named, address_of, attest, verify
from social.relays import store as relays

FORWARDABLE = Create | Update | Delete
"""What may come by way of others. A proof never grows old: whoever kept a Follow, Like or Undo could say it again
after it was taken back; posts lose against their newer versions and deletions."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    is_authors: bool
    """Whether it is proven that the activity's actor says it."""
    brought_by: Uri | None = None
    """Who delivered it, if not its author: where to, then, says nothing about whom it is for."""
    has_new_key: bool = False
    document: Json | None = None
    """What was signed, where that is not the document as it came."""

    @property
    def is_brought(self) -> bool:
        return self.brought_by is not None


async def authenticate(res: Resources, letter: Letter, signatures: tuple[Signature, ...]) -> Word:
    """Raises for what is nobody's word; KeyAway when that cannot be told now."""
    if res.addresses.is_ours(letter.actor):
        raise refused("key_host", "Nobody brings us word of our own people")
    is_own = any(jsonld.same_host(signature.key_id, letter.actor) for signature in signatures)
    # Servers forward only what its author signed. Anything else that names another actor is a forgery,
    # but what a relay brings we ask its author's server for.
    bringer = None if is_own else await _bringer(res, signatures)
    if bringer is None or not (letter.is_sealed or await relays.is_accepted(res.db, bringer)):
        return Word(is_authors=True, has_new_key=await verify(res, letter.request, signatures, letter.actor))
    await _check_bringer(res, letter, signatures, bringer)
    word = await _proven(res, letter, bringer)
    FORWARDED.labels("proven" if word.is_authors else "unproven").inc()
    return word


async def _bringer(res: Resources, signatures: tuple[Signature, ...]) -> Uri:
    key_id = signatures[0].key_id
    account = await account_named(res, key_id)
    return account.uri if account else address_of(key_id)


async def _check_bringer(res: Resources, letter: Letter, signatures: tuple[Signature, ...], bringer: Uri) -> None:
    if res.policies.value.is_suspended(jsonld.host_of(bringer)):
        raise refused("suspended", "This server does not talk with yours")
    if res.addresses.is_ours(bringer):
        raise refused("key_host", "That is not your key")
    await verify(res, letter.request, signatures, bringer)


async def _proven(res: Resources, letter: Letter, bringer: Uri) -> Word:
    """Whether a key of the actor's made the document, as it stands there."""
    if not isinstance(letter.activity, FORWARDABLE):
        return Word(is_authors=False, brought_by=bringer)
    try:
        found = proofs.read(letter.original, letter.received_at)
        has_new_key = await attest(res, letter.actor, [_claim(proof) for proof in found])
    except (ProofRefused, Unproven):
        return await _signed(res, letter, bringer)
    return Word(is_authors=True, brought_by=bringer, has_new_key=has_new_key)


async def _signed(res: Resources, letter: Letter, bringer: Uri) -> Word:
    """Whether an LD signature by the actor is in the document. What counts then is what it signs."""
    nobodys = Word(is_authors=False, brought_by=bringer)
    if not res.settings.believe_ld_signatures or len(letter.request.body or b"") > ld.MOST_BYTES:
        return nobodys
    try:
        signature = await to_thread.run_sync(ld.read, letter.original, letter.received_at)
        said = activities.read(signature.document)
        if not isinstance(said, FORWARDABLE) or said.actor != letter.actor:
            return nobodys
        claim = Claim(signature.creator, lambda key: ld.verify(signature, key))
        has_new_key = await attest(res, letter.actor, [claim])
    except (LdRefused, Malformed, Unproven):
        return nobodys
    return Word(is_authors=True, brought_by=bringer, has_new_key=has_new_key, document=signature.document)


def _claim(proof: Proof) -> Claim:
    return Claim(proof.method, lambda key: proofs.verify(proof, key))
