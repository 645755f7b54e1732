"""Object integrity proofs (FEP-8b32) of the cryptosuite eddsa-jcs-2022: who made a document, whoever brings it."""

import hashlib
from datetime import datetime
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from apcore import jsonld, multibase
from apcore.jsonld import Json
from apcore.keys import VerifyingKey
from apcore.signatures.canonical import NotCanonical, canonical
from apcore.signatures.cavage import SKEW

TYPE: Final = "DataIntegrityProof"
SUITE: Final = "eddsa-jcs-2022"
PURPOSE: Final = "assertionMethod"
CONTEXT: Final = "https://w3id.org/security/data-integrity/v1"
MOST_PROOFS: Final = 4
SIGNATURE_BYTES: Final = 64


class ProofRefused(Exception):  # noqa: N818 (reads as what happened)
    """The document has no proof that we could verify; the message says why."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A proof as it is said; whose key made it is still to be verified."""

    method: str
    """The key's id."""
    value: bytes
    hashed: bytes
    """What is signed: the digests of the proof's own words and of the document."""


class Prover(msgspec.Struct, frozen=True, kw_only=True):
    """Whose word a document of ours is."""

    key_id: str
    key: Ed25519PrivateKey


def prove(document: Json, prover: Prover, now: datetime) -> Json:
    """The document with a proof, and with the context that explains it."""
    context = [*jsonld.many(document.get("@context")), CONTEXT]
    unsecured = {"@context": context} | {
        key: item for key, item in document.items() if key not in ("@context", "proof")
    }
    proof = {
        "@context": context,
        "type": TYPE,
        "cryptosuite": SUITE,
        "verificationMethod": prover.key_id,
        "proofPurpose": PURPOSE,
        "created": now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    }
    value = multibase.encode(prover.key.sign(_hashed(unsecured, proof)))
    return unsecured | {"proof": proof | {"proofValue": value}}


def read(document: Json, now: datetime) -> tuple[Proof, ...]:
    """The document's proofs of our suite, at least one. The document must be as it was sent, down to its terms."""
    problem = ProofRefused("no proof")
    found = []
    for proof in jsonld.objects(document.get("proof"), MOST_PROOFS):
        try:
            found.append(_read(document, proof, now))
        except ProofRefused as refused:
            problem = refused
    if not found:
        raise problem
    return tuple(found)


def verify(proof: Proof, key: VerifyingKey) -> bool:
    """Whether the key made the proof."""
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(proof.value, proof.hashed)
    except InvalidSignature:
        return False
    return True


def _read(document: Json, proof: Json, now: datetime) -> Proof:
    said = (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose"))
    if said != (TYPE, SUITE, PURPOSE):
        raise ProofRefused("another kind of proof")
    method, written = proof.get("verificationMethod"), proof.get("proofValue")
    if not isinstance(method, str) or jsonld.web_uri(method) is None or not isinstance(written, str):
        raise ProofRefused("verificationMethod or proofValue is missing")
    _check_time(proof, now)
    try:
        value = multibase.decode(written)
        hashed = _hashed(_unsecured(document, proof), {key: item for key, item in proof.items() if key != "proofValue"})
    except (ValueError, NotCanonical) as error:
        raise ProofRefused("proof cannot be read") from error
    if len(value) != SIGNATURE_BYTES:
        raise ProofRefused("proofValue is no Ed25519 signature")
    return Proof(method=method, value=value, hashed=hashed)


def _check_time(proof: Json, now: datetime) -> None:
    """A proof may be old: activities are forwarded late. It may not be of the future, nor past its end."""
    created, expires = (jsonld.moment(proof.get(name)) for name in ("created", "expires"))
    if ("created" in proof and created is None) or ("expires" in proof and expires is None):
        raise ProofRefused("created or expires is no time")
    if (created is not None and created > now + SKEW) or (expires is not None and expires < now):
        raise ProofRefused("proof is outside of its time")


def _unsecured(document: Json, proof: Json) -> Json:
    """What is proven; an LD signature was made afterwards.

    The suite lets contexts be added behind the proof's; these could give terms other meanings.
    """
    if "@context" in proof and jsonld.many(proof["@context"]) != jsonld.many(document.get("@context")):
        raise ProofRefused("the proof has another context")
    return {key: item for key, item in document.items() if key not in ("proof", "signature")}


def _hashed(unsecured: Json, proof: Json) -> bytes:
    return hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(unsecured)).digest()
