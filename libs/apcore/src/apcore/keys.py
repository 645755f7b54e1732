"""RSA and Ed25519 keys: made, read within bounds, and kept parsed."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from apcore import multibase

SMALLEST: Final = 2048
LARGEST: Final = 8192
LONGEST_PEM: Final = 16_384
LARGEST_EXPONENT: Final = 2**33

PrivateKey = rsa.RSAPrivateKey
PublicKey = rsa.RSAPublicKey
SigningKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
VerifyingKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey
# The multicodec prefixes of public keys, as varints.
ED25519_PREFIX: Final = b"\xed\x01"
RSA_PREFIX: Final = b"\x85\x24"
# Keys whose private halves stand in standards, by the SHA-256 of their SubjectPublicKeyInfo: they prove nothing.
PUBLISHED: Final = frozenset(
    {
        "c73eecd318bd3813f2402a660d8a90010ca35d609d19377d5ee7af200713229f",  # RFC 9421, B.1.1
        "72859cbaf21a0b398b1f25712bbed148b1d85a0c6b824176eb306405caa6f0b2",  # RFC 9421, B.1.2
        "34571606cb7a0d71be377e671ddcccae2a169ed7733598214129231cd30c4a3c",  # RFC 9421, B.1.4
        "d2eaf30fd1eddd11249a69ec46529d28871f0ad11acafb9bc1bb98148ab696e9",  # FEP-8b32
    }
)
K = TypeVar("K")


class BadKey(Exception):  # noqa: N818 (reads as what the key is)
    """The key cannot be used; the message says why."""


class KeyPair(msgspec.Struct, frozen=True, kw_only=True):
    private_pem: str
    public_pem: str

    def __repr__(self) -> str:
        """Without the private half, so that it never lands in a log."""
        return "KeyPair(…)"


def generate() -> KeyPair:
    """A new RSA-2048 pair. It takes a good part of a second: not for the event loop."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private_pem=private.decode(), public_pem=public.decode())


def load_private(pem: str) -> PrivateKey:
    """One of our own keys. We made it, so the checks that cost 35 ms are left out."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("not a private key") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST:
        raise BadKey("not an RSA key of 2048 bits or more")
    return key


def load_public(pem: str) -> PublicKey:
    """A peer's key, within bounds that keep verifying cheap and forging dear."""
    if len(pem) > LONGEST_PEM:
        raise BadKey("key too long")
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("not a public key") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey("not an RSA key")
    return _within_bounds(key)


def _within_bounds(key: PublicKey) -> PublicKey:
    if not SMALLEST <= key.key_size <= LARGEST:
        raise BadKey("RSA key outside of 2048 to 8192 bits")
    if key.public_numbers().e > LARGEST_EXPONENT:
        raise BadKey("public exponent too large")
    return key


class Ed25519Pair(msgspec.Struct, frozen=True, kw_only=True):
    private_pem: str
    multikey: str  # The public half.

    def __repr__(self) -> str:
        """Without the private half, so that it never lands in a log."""
        return "Ed25519Pair(…)"


def generate_ed25519() -> Ed25519Pair:
    """A new pair, in a fraction of a millisecond."""
    key = ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Ed25519Pair(private_pem=private.decode(), multikey=write_multikey(key.public_key()))


def load_ed25519(pem: str) -> ed25519.Ed25519PrivateKey:
    """One of our own keys."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("not a private key") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise BadKey("not an Ed25519 key")
    return key


def write_multikey(key: ed25519.Ed25519PublicKey) -> str:
    """The key as `publicKeyMultibase` (FEP-521a)."""
    return multibase.encode(ED25519_PREFIX + key.public_bytes_raw())


def load_multikey(text: str) -> VerifyingKey:
    """A peer's key from `publicKeyMultibase`: Ed25519, or RSA within the same bounds as a PEM."""
    try:
        written = multibase.decode(text)
        if written.startswith(ED25519_PREFIX):
            return ed25519.Ed25519PublicKey.from_public_bytes(written[len(ED25519_PREFIX) :])
        if not written.startswith(RSA_PREFIX):
            raise BadKey("neither an Ed25519 nor an RSA key")
        key = serialization.load_der_public_key(written[len(RSA_PREFIX) :])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("not a Multikey") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey("not an RSA key")
    return _within_bounds(key)


def load_verifying(written: str) -> VerifyingKey:
    """A peer's key, as PEM or Multikey."""
    return load_multikey(written) if written.startswith(multibase.PREFIX) else load_public(written)


def load_secret(written: str) -> VerifyingKey:
    """A peer's key that nobody else can have."""
    key = load_verifying(written)
    known = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if hashlib.sha256(known).hexdigest() in PUBLISHED:
        raise BadKey("anybody has the private half of this key")
    return key


class KeyCache:
    """Parsed keys by how they are written, the least recently used leave first."""

    def __init__(self, size: int = 10_000) -> None:
        self._private: _Bounded[PrivateKey] = _Bounded(size, load_private)
        self._public: _Bounded[VerifyingKey] = _Bounded(size, load_secret)

    def private(self, pem: str) -> PrivateKey:
        return self._private.get(pem)

    def public(self, written: str) -> VerifyingKey:
        return self._public.get(written)


class _Bounded(Generic[K]):
    def __init__(self, size: int, load: Callable[[str], K]) -> None:
        self._size = size
        self._load = load
        self._keys: OrderedDict[str, K] = OrderedDict()

    def get(self, pem: str) -> K:
        if pem in self._keys:
            self._keys.move_to_end(pem)
        else:
            self._keys[pem] = self._load(pem)
            if len(self._keys) > self._size:
                self._keys.popitem(last=False)
        return self._keys[pem]
