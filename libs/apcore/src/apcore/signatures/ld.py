"""LD signatures (RsaSignature2017): who wrote a document, whoever brings it, as Mastodon and others say it.

They sign the graph of a document, not its text: see `graph`. Relays and forwarding live on them.
"""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from apcore import jsonld
from apcore.jsonld import Json, stamp
from apcore.keys import PrivateKey, VerifyingKey
from apcore.signatures import graph
from apcore.signatures.cavage import SKEW
from apcore.signatures.graph import Ambiguous, Memory
from apcore.vocabularies import IDENTITY

TYPE: Final = "RsaSignature2017"
LIFETIME: Final = timedelta(days=2)
MOST_BYTES: Final = 131_072
"""As JSON: what is larger costs too much to read as a graph."""
UNSIGNED: Final = frozenset({"type", "id", "signatureValue", "@context"})
"""What a signature says of itself without signing it."""
KNOWN: Final = frozenset({"creator", "created", "expires", "nonce", "domain"})


class LdRefused(Exception):  # noqa: N818 (reads as what happened)
    """The document has no LD signature that we could verify; the message says why."""


class LdSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature as it is said; whose key made it is still to be verified."""

    creator: str
    """The key's id."""
    value: bytes
    signed: bytes
    document: Json
    """What was signed, written anew in our terms."""


def sign(document: Json, key_id: str, key: PrivateKey, now: datetime, known: Memory | None = None) -> Json:
    """The document with a signature. Its contexts must be among those we know by heart."""
    said = {"creator": key_id, "created": stamp(now), "expires": stamp(now + LIFETIME)}
    value = key.sign(_signed(document, said, known), padding.PKCS1v15(), hashes.SHA256())
    return document | {"signature": {"type": TYPE} | said | {"signatureValue": base64.b64encode(value).decode()}}


def read(document: Json, now: datetime) -> LdSignature:
    """The document's signature. The document must be as it was sent, down to its terms."""
    said = document.get("signature")
    if not isinstance(said, dict) or said.get("type") != TYPE:
        raise LdRefused("no signature of a kind that we know")
    if not set(said) - UNSIGNED <= KNOWN or said.get("@context", IDENTITY) != IDENTITY:
        raise LdRefused("the signature says what we do not understand")
    creator, written = said.get("creator"), said.get("signatureValue")
    if not isinstance(creator, str) or jsonld.web_uri(creator) is None or not isinstance(written, str):
        raise LdRefused("creator or signatureValue is missing")
    _check_time(said, now)
    unsigned = {name: item for name, item in document.items() if name != "signature"}
    try:
        graph.check_contexts(unsigned)
        restated = graph.restated(unsigned)
        signed = _signed(unsigned, {name: item for name, item in said.items() if name in KNOWN})
        return LdSignature(
            creator=creator, value=base64.b64decode(written, validate=True), signed=signed, document=restated
        )
    except Ambiguous as problem:
        raise LdRefused(str(problem)) from problem
    except (binascii.Error, ValueError) as error:
        raise LdRefused("signatureValue is no base64") from error


def verify(signature: LdSignature, key: VerifyingKey) -> bool:
    """Whether the key made the signature."""
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature.value, signature.signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _signed(document: Json, said: Json, known: Memory | None = None) -> bytes:
    return (graph.digest({"@context": IDENTITY} | said, known) + graph.digest(document, known)).encode()


def _check_time(said: Json, now: datetime) -> None:
    created, expires = (jsonld.moment(said.get(name)) for name in ("created", "expires"))
    if created is None or ("expires" in said and expires is None):
        raise LdRefused("created or expires is no time")
    if created > now + SKEW or (expires is not None and expires < now):
        raise LdRefused("the signature is outside of its time")
