"""A message sealed for one app: its body and its headers (RFC 8291, and the draft that older apps know)."""

import datetime as dt
import os
from collections.abc import Mapping

import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from social.push.keys import raw
from social.push.model import Subscription
from timeline.webpush.identity import Identity, encoded, point_of

KEPT_FOR = dt.timedelta(hours=48)
"""How long a push service keeps the message for a telephone that is off; as Mastodon."""

SHARED_HEADERS: Mapping[str, str] = {
    "Content-Type": "application/octet-stream",
    "TTL": str(int(KEPT_FOR.total_seconds())),
    "Urgency": "normal",
}


class Envelope(msgspec.Struct, frozen=True):
    body: bytes
    headers: dict[str, str]


def sealed(content: bytes, subscription: Subscription, identity: Identity, now: dt.datetime) -> Envelope:
    token = identity.token(subscription.endpoint, now)
    if subscription.standard:
        return _standard(content, subscription, f"vapid t={token},k={identity.public_key}")
    return _draft(content, subscription, token, identity.public_key)


def _standard(content: bytes, subscription: Subscription, authorization: str) -> Envelope:
    body = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=raw(subscription.key_p256dh),
        auth_secret=raw(subscription.key_auth),
        version="aes128gcm",
    )
    return Envelope(body, {**SHARED_HEADERS, "Content-Encoding": "aes128gcm", "Authorization": authorization})


def _draft(content: bytes, subscription: Subscription, token: str, public_key: str) -> Envelope:
    """draft-ietf-webpush-encryption-04: what is no part of the body yet goes into headers."""
    ours, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    body = http_ece.encrypt(
        content,
        salt=salt,
        private_key=ours,
        dh=raw(subscription.key_p256dh),
        auth_secret=raw(subscription.key_auth),
        version="aesgcm",
    )
    headers = {
        "Content-Encoding": "aesgcm",
        "Encryption": f"salt={encoded(salt)}",
        "Crypto-Key": f"dh={encoded(point_of(ours))};p256ecdsa={public_key}",
        "Authorization": f"WebPush {token}",
    }
    return Envelope(body, {**SHARED_HEADERS, **headers})
