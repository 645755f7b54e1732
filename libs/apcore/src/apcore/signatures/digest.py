"""Digests of bodies: the `Digest` header of RFC 3230 and the `Content-Digest` of RFC 9530."""

import base64
import binascii
import hashlib
import hmac


class BadDigest(Exception):  # noqa: N818 (reads as what the header is)
    """The digest header cannot be read, or names no SHA-256."""


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
    """Whether the `Content-Digest` header is that of the body."""
    value = _only(_members(header), header)
    if len(value) < len("::") or value[0] != ":" or value[-1] != ":":
        raise BadDigest("Content-Digest is no byte sequence")
    return _same(value[1:-1], body)


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
