"""Digests of bodies: the `Digest` header of RFC 3230 and the `Content-Digest` of RFC 9530."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from apcore.signatures import structured
from apcore.signatures.structured import BadField, Item

# Names of RFC 9530 and of hashlib; the other algorithms that it registers are broken.
STRONG: Final = {"sha-256": "sha256", "sha-512": "sha512"}


class BadDigest(Exception):  # noqa: N818 (reads as what the header is)
    """The digest header cannot be read, or names no digest that counts."""


def digest(body: bytes) -> str:
    """The value of `Digest`."""
    return f"SHA-256={_encoded(body)}"


def content_digest(body: bytes) -> str:
    """The value of `Content-Digest`."""
    return f"sha-256=:{_encoded(body)}:"


def matches(header: str, body: bytes) -> bool:
    """Whether the `Digest` header is that of the body."""
    return _same(_only(_members(header), header), body)


def content_matches(header: str, body: bytes) -> bool:
    """Whether the `Content-Digest` header is that of the body, in every algorithm that counts."""
    try:
        members = structured.read_dictionary(header)
    except BadField as error:
        raise BadDigest("Content-Digest cannot be read") from error
    claimed = {name: member.value for name, member in members.items() if name in STRONG and isinstance(member, Item)}
    if not claimed or not all(isinstance(value, bytes) for value in claimed.values()):
        raise BadDigest("no SHA-256 or SHA-512 in Content-Digest")
    return all(
        isinstance(value, bytes) and hmac.compare_digest(value, hashlib.new(STRONG[name], body).digest())
        for name, value in claimed.items()
    )


def _members(header: str) -> list[str]:
    found = []
    for member in header.split(","):
        name, equals, value = member.strip().partition("=")
        if not equals:
            raise BadDigest("digest cannot be read")
        if name.lower() == "sha-256":
            found.append(value)
    return found


def _only(values: list[str], header: str) -> str:
    if len(values) != 1:
        raise BadDigest(f"{len(values)} SHA-256 digests in a header of {len(header)} characters")
    return values[0]


def _same(encoded: str, body: bytes) -> bool:
    try:
        claimed = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadDigest("digest is not base64") from error
    return hmac.compare_digest(claimed, hashlib.sha256(body).digest())


def _encoded(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()
