"""The keys by which push services know this server: made once, for ever (RFC 8292)."""

import base64
import datetime as dt

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from yarl import URL

from chassis.db import Database
from social.push import store
from social.push.model import VapidKeys

LIFETIME = dt.timedelta(hours=12)


class Identity:
    """Vouches for us to a push service. One per process: a parsed key is dear."""

    def __init__(self, keys: VapidKeys, contact: str) -> None:
        key = load_pem_private_key(keys.private_key_pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._contact = contact
        self.public_key = keys.public_key

    def token(self, endpoint: str, now: dt.datetime) -> str:
        """Worth something to the push service of this endpoint alone."""
        claims = {"aud": str(URL(endpoint).origin()), "exp": int((now + LIFETIME).timestamp()), "sub": self._contact}
        return jwt.encode(claims, self._key, algorithm="ES256")


async def established(db: Database, contact: str) -> Identity:
    """Our identity; whichever process of a new server comes first makes it."""
    if await store.keys(db) is None:
        async with db.transaction() as tx:
            await store.add_keys(tx, generated())
    keys = await store.keys(db)
    assert keys is not None
    return Identity(keys, contact)


def generated() -> VapidKeys:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return VapidKeys(public_key=encoded(point_of(key)), private_key_pem=pem.decode())


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(raw: bytes) -> str:
    """As all of Web Push writes bytes: Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
