"""HTTP Message Signatures (RFC 9421): RSA and Ed25519, of requests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from yarl import URL

from apcore.keys import SigningKey, VerifyingKey
from apcore.signatures import cavage, digest, structured
from apcore.signatures.cavage import LIFETIME, LONGEST_LIFETIME, SKEW, Request, SignatureRefused
from apcore.signatures.structured import BadField, Bare, InnerList, Item

RSA: Final = "rsa-v1_5-sha256"
RSA_PSS: Final = "rsa-pss-sha512"
ED25519: Final = "ed25519"
ALGORITHMS: Final = frozenset({RSA, RSA_PSS, ED25519})
LABEL: Final = "sig1"
MOST_SIGNATURES: Final = 4
_WHOLE_TARGETS: Final = frozenset({"@target-uri", "@request-target"})
T = TypeVar("T", str, int)
_PSS: Final = padding.PSS(mgf=padding.MGF1(hashes.SHA512()), salt_length=64)


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature as it is said; who made it is still to be verified."""

    key_id: str
    value: bytes
    components: InnerList
    algorithm: str | None = None
    created: int | None = None
    expires: int | None = None

    @property
    def covered(self) -> tuple[str, ...]:
        return tuple(str(item.value) for item in self.components.items)


def sign(
    key: SigningKey,
    key_id: str,
    *,
    method: str,
    url: str,
    now: datetime,
    body: bytes | None = None,
    content_type: str | None = None,
    covered: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers that sign the request, covering what Mastodon asks for and `covered`, further ones to send."""
    address = URL(url)
    host = cavage.host_header(address)
    headers = {"Host": host, "Date": cavage.http_date(now)}
    names = ["@method", "@target-uri"]
    if body is not None:
        headers["Content-Digest"] = digest.content_digest(body)
        names.append("content-digest")
    if content_type is not None:
        headers["Content-Type"] = content_type
    for name, value in (covered or {}).items():
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"{name!r} cannot be sent as a header")
        headers[name] = value
        names.append(name.lower())
    if not (key_id.isascii() and key_id.isprintable()):
        raise ValueError("key id cannot be sent in a header")
    algorithm = RSA if isinstance(key, rsa.RSAPrivateKey) else ED25519
    components = InnerList(
        items=tuple(Item(value=name, parameters={}) for name in names),
        parameters={"created": int(now.timestamp()), "keyid": key_id, "alg": algorithm},
    )
    request = Request(
        method=method,
        target=address.raw_path_qs,
        headers={name.lower(): value for name, value in headers.items()},
    )
    signed = _made(key, base_of(request, f"{address.scheme}://{host}", components))
    return headers | {
        "Signature-Input": f"{LABEL}={components}",
        "Signature": f"{LABEL}={structured.write_bare(signed)}",
    }


def read(request: Request, now: datetime) -> tuple[Signature, ...]:
    """The request's signatures that cover what they must and stand in their time; at least one."""
    problem = SignatureRefused("no signature")
    found = []
    for signature in parse(request):
        try:
            _check_covered(signature, request)
            _check_time(signature, now)
        except SignatureRefused as refused:
            problem = refused
        else:
            found.append(signature)
    if not found:
        raise problem
    _check_digest(request)
    return tuple(found)


def parse(request: Request) -> tuple[Signature, ...]:
    """All signatures of the request, whatever they cover. A label that stands there twice is refused."""
    try:
        inputs = structured.read_dictionary(request.headers.get("signature-input", ""))
        values = structured.read_dictionary(request.headers.get("signature", ""))
    except BadField as error:
        raise SignatureRefused(str(error)) from error
    if set(inputs) != set(values) or len(inputs) > MOST_SIGNATURES:
        raise SignatureRefused("Signature-Input and Signature differ, or there are too many signatures")
    return tuple(_signature(inputs[label], values[label]) for label in inputs)


def verify(
    request: Request, origin: str, signature: Signature, key: VerifyingKey, *, algorithm: str | None = None
) -> bool:
    """Whether the key made the signature of a request to this origin (`https://host`).

    The signature names the algorithm, or else `algorithm`, if the key is known to be for one, or the key's kind.
    """
    base = base_of(request, origin, signature.components)
    said = signature.algorithm or algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if said in (None, RSA):
                key.verify(signature.value, base, padding.PKCS1v15(), hashes.SHA256())
            elif said == RSA_PSS:
                key.verify(signature.value, base, _PSS, hashes.SHA512())
            else:
                return False
            return True
        if said not in (None, ED25519):
            return False
        key.verify(signature.value, base)
    except InvalidSignature:
        return False
    return True


def base_of(request: Request, origin: str, components: InnerList) -> bytes:
    """The signature base: what is signed."""
    lines = [f"{item}: {_value(item, request, origin)}" for item in components.items]
    return "\n".join([*lines, f'"@signature-params": {components}']).encode()


def _made(key: SigningKey, base: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(base, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(base)


def _signature(components: object, value: object) -> Signature:
    if not isinstance(components, InnerList) or not isinstance(value, Item) or not isinstance(value.value, bytes):
        raise SignatureRefused("Signature-Input or Signature cannot be read")
    names = [str(item) for item in components.items]
    # Quoted in lower case, each once; parameters but the name of one in the query are for responses and the like.
    if len(set(names)) != len(names) or not all(_is_plain(item) for item in components.items):
        raise SignatureRefused("a component is not supported, or covered twice")
    said = components.parameters
    algorithm = _said(said, "alg", str)
    if algorithm is not None and algorithm not in ALGORITHMS:
        raise SignatureRefused("algorithm is not supported")
    return Signature(
        key_id=_said(said, "keyid", str) or "",
        value=value.value,
        components=components,
        algorithm=algorithm,
        created=_said(said, "created", int),
        expires=_said(said, "expires", int),
    )


def _is_plain(item: Item) -> bool:
    named = set(item.parameters)
    plain = named == ({"name"} if item.value == "@query-param" else set())
    return type(item.value) is str and item.value == item.value.lower() and plain


def _said(parameters: Mapping[str, Bare], name: str, kind: type[T]) -> T | None:
    value = parameters.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or type(value) is not kind:
        raise SignatureRefused(f"{name} is of the wrong kind")
    return value


def _check_covered(signature: Signature, request: Request) -> None:
    covered = set(signature.covered)
    if not signature.key_id or signature.created is None:
        raise SignatureRefused("keyid and created must be said")
    if "@method" not in covered:
        raise SignatureRefused("@method must be signed")
    has_target = bool(covered & _WHOLE_TARGETS) or (
        "@path" in covered and ("@query" in covered or "?" not in request.target)
    )
    if not has_target or not covered & {"@target-uri", "@authority"}:
        raise SignatureRefused("@target-uri, or @authority, @path and @query, must be signed")
    if request.body is not None and "content-digest" not in covered:
        raise SignatureRefused("content-digest must be signed with a body")
    if covered & {"signature", "signature-input"}:
        raise SignatureRefused("a signature of signatures is not supported")
    for item in signature.components.items:
        _value(item, request, "")


def _check_time(signature: Signature, now: datetime) -> None:
    created = cavage.moment(signature.created or 0)
    expires = cavage.moment(signature.expires) if signature.expires is not None else created + LIFETIME
    if not created - SKEW <= now <= min(expires, created + LONGEST_LIFETIME) + SKEW:
        raise SignatureRefused("signature is outside of its time")


def _check_digest(request: Request) -> None:
    if request.body is None:
        return
    if not digest.content_matches(request.headers.get("content-digest", ""), request.body):
        raise SignatureRefused("Content-Digest does not match the body")


def _value(item: Item, request: Request, origin: str) -> str:
    name = str(item.value)
    if name == "@query-param":
        return _query_parameter(request.target, str(item.parameters["name"]))
    if name.startswith("@"):
        return _derived(name, request, origin)
    if name not in request.headers:
        raise SignatureRefused("a signed header is missing")
    return request.headers[name]


def _derived(name: str, request: Request, origin: str) -> str:
    path, _, query = request.target.partition("?")
    parts = urlsplit(origin)
    values = {
        "@method": request.method,
        "@target-uri": origin + request.target,
        "@authority": parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80"),
        "@scheme": parts.scheme,
        "@request-target": request.target,
        "@path": path or "/",
        "@query": f"?{query}",
    }
    if name not in values:
        raise SignatureRefused("a component is not supported")
    return values[name]


def _query_parameter(target: str, name: str) -> str:
    query = target.partition("?")[2]
    values = [value for key, value in parse_qsl(query, keep_blank_values=True) if quote(key, safe="*") == name]
    if len(values) != 1:
        raise SignatureRefused("a signed parameter is missing, or there twice")
    return quote(values[0], safe="*")
