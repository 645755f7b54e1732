"""HTTP signatures after draft-cavage-http-signatures-12, as the network speaks it."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from yarl import URL

from apcore.keys import PrivateKey, PublicKey, VerifyingKey
from apcore.signatures import digest

LIFETIME: Final = timedelta(minutes=5)
LONGEST_LIFETIME: Final = timedelta(hours=12)
SKEW: Final = timedelta(hours=1)
LONGEST_HEADER: Final = 8192
ALGORITHMS: Final = frozenset({"rsa-sha256", "hs2019"})
TARGET: Final = "(request-target)"
ONCE: Final = frozenset({"host", "date", "digest", "signature", "content-type"})
_PARAMETER: Final = re.compile(r'\s*([A-Za-z]+)=(?:"([^"]*)"|(\d{1,12}))\s*(?:,|$)')


class SignatureRefused(Exception):  # noqa: N818 (reads as what happened)
    """The signature does not show what it must; the message says why and is safe to answer with."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a received request that signatures cover."""

    method: str
    target: str  # Path and query, as they stood in the request line.
    headers: Mapping[str, str]  # Names in lower case.
    body: bytes | None = None


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that covers what it must, in its time; who made it is still to be verified."""

    key_id: str
    value: bytes
    covered: tuple[str, ...]
    algorithm: str | None = None
    created: int | None = None
    expires: int | None = None


def request_of(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes | None = None) -> Request:
    """The request; headers that a signature relies on may stand there only once."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key in joined and key in ONCE:
            raise SignatureRefused(f"{key} stands there twice")
        joined[key] = f"{joined[key]}, {value.strip()}" if key in joined else value.strip()
    return Request(method=method, target=target, headers=joined, body=body)


def sign(
    key: PrivateKey,
    key_id: str,
    *,
    method: str,
    url: str,
    now: datetime,
    body: bytes | None = None,
    content_type: str | None = None,
    covered: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers that sign the request; `covered` are further ones to send and sign."""
    address = URL(url)
    headers = {"Host": host_header(address), "Date": http_date(now)}
    if body is not None:
        headers["Digest"] = digest.digest(body)
    if content_type is not None:
        headers["Content-Type"] = content_type
    headers |= covered or {}
    _refuse_injection(headers, key_id)
    request = Request(
        method=method,
        target=address.raw_path_qs,
        headers={name.lower(): value for name, value in headers.items()},
    )
    names = (TARGET, *request.headers)
    signed = key.sign(
        _signing_string(request, names, request.target).encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    headers["Signature"] = (
        f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(names)}",'
        f'signature="{base64.b64encode(signed).decode()}"'
    )
    return headers


def read(request: Request, now: datetime) -> Signature:
    """The request's signature, if it covers what it must and stands in its time."""
    signature = parse(request.headers.get("signature", ""))
    _check_covered(signature, request)
    _check_time(signature, request, now)
    _check_digest(request)
    return signature


def verify(request: Request, signature: Signature, key: VerifyingKey) -> bool:
    """Whether the key made the signature, which only an RSA key can have."""
    if not isinstance(key, PublicKey):
        return False
    # Some peers leave the query out of what they sign.
    path = request.target.partition("?")[0]
    for target in dict.fromkeys((request.target, path)):
        signed = _signing_string(request, signature.covered, target, signature)
        try:
            key.verify(signature.value, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            continue
        return True
    return False


def parse(header: str) -> Signature:
    """The parameters of a `Signature` header. One that stands there twice is refused, not chosen from."""
    parameters = _parameters(header.strip())
    key_id, encoded = parameters.get("keyId"), parameters.get("signature")
    if not key_id or not encoded:
        raise SignatureRefused("keyId or signature is missing")
    algorithm = parameters.get("algorithm")
    if algorithm is not None and algorithm not in ALGORITHMS:
        raise SignatureRefused("algorithm is not supported")
    created = _seconds(parameters, "created")
    covered = parameters.get("headers", "(created)" if created is not None else "date")
    names = tuple(covered.lower().split())
    if not names or len(set(names)) != len(names):
        raise SignatureRefused("headers is empty or repeats a name")
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("signature is not base64") from error
    return Signature(
        key_id=key_id,
        value=value,
        covered=names,
        algorithm=algorithm,
        created=created,
        expires=_seconds(parameters, "expires"),
    )


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def host_header(address: URL) -> str:
    """The `Host` of a request to the address: its port only where it is not the usual one."""
    return address.host_port_subcomponent or ""


def _parameters(header: str) -> dict[str, str]:
    if not header or len(header) > LONGEST_HEADER:
        raise SignatureRefused("no signature, or one too long")
    found: dict[str, str] = {}
    position = 0
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None:
            raise SignatureRefused("Signature cannot be read")
        name, quoted, plain = match.groups()
        if name in found:
            raise SignatureRefused(f"{name} stands there twice")
        found[name] = quoted if quoted is not None else plain
        position = match.end()
    return found


def _seconds(parameters: Mapping[str, str], name: str) -> int | None:
    written = parameters.get(name)
    if written is None:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= len("253402300799")):
        raise SignatureRefused(f"{name} is no time")
    return int(written)


def _check_covered(signature: Signature, request: Request) -> None:
    covered = set(signature.covered)
    if "date" not in covered and "(created)" not in covered:
        raise SignatureRefused("date or (created) must be signed")
    if TARGET not in covered and "digest" not in covered:
        raise SignatureRefused("(request-target) or digest must be signed")
    if request.method.upper() == "GET" and "host" not in covered:
        raise SignatureRefused("host must be signed on GET")
    if request.method.upper() == "POST" and "digest" not in covered:
        raise SignatureRefused("digest must be signed on POST")
    if covered & {"(created)", "(expires)"} and signature.algorithm == "rsa-sha256":
        raise SignatureRefused("(created) and (expires) need algorithm hs2019")
    missing = {name for name in covered if not name.startswith("(")} - set(request.headers)
    if missing or "signature" in covered:
        raise SignatureRefused("a signed header is missing")


def _check_time(signature: Signature, request: Request, now: datetime) -> None:
    created = _created(signature, request)
    expires = created + LIFETIME
    if signature.expires is None and "(expires)" in signature.covered:
        raise SignatureRefused("(expires) is signed and not said")
    if signature.expires is not None:
        said = moment(signature.expires)
        # An unsigned `expires` may only shorten the life of a signature.
        expires = said if "(expires)" in signature.covered else min(said, expires)
    expires = min(expires, created + LONGEST_LIFETIME)
    if not created - SKEW <= now <= expires + SKEW:
        raise SignatureRefused("signature is outside of its time")


def _created(signature: Signature, request: Request) -> datetime:
    if "(created)" in signature.covered:
        if signature.created is None:
            raise SignatureRefused("(created) is signed and not said")
        return moment(signature.created)
    try:
        date = parsedate_to_datetime(request.headers["date"])
    except (ValueError, OverflowError, KeyError) as error:
        raise SignatureRefused("Date is no date") from error
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureRefused("time out of range") from error


def _check_digest(request: Request) -> None:
    header = request.headers.get("digest")
    if header is None or request.body is None:
        return
    if not digest.matches(header, request.body):
        raise SignatureRefused("Digest does not match the body")


def _signing_string(request: Request, names: Iterable[str], target: str, signature: Signature | None = None) -> str:
    return "\n".join(f"{name}: {_value(name, request, target, signature)}" for name in names)


def _value(name: str, request: Request, target: str, signature: Signature | None) -> str:
    if name == TARGET:
        return f"{request.method.lower()} {target}"
    if name in ("(created)", "(expires)") and signature is not None:
        seconds = signature.created if name == "(created)" else signature.expires
        return "" if seconds is None else str(seconds)
    return request.headers.get(name, "")


def _refuse_injection(headers: Mapping[str, str], key_id: str) -> None:
    if not key_id.isprintable() or '"' in key_id:
        raise ValueError("'keyId' cannot be sent as a header")
    for name, value in headers.items():
        if not value.isprintable() or not name.isprintable() or ":" in name:
            raise ValueError(f"{name!r} cannot be sent as a header")
