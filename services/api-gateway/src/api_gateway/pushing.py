"""What an app says when it wants notifications pushed, checked."""

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from apcore.addresses import parse_url
from mastoapi.entities.push import WebPushSubscription
from social.errors import ValidationFailed
from social.push.keys import raw
from social.push.model import ALERTS, POLICIES, Subscription, Wanted
from social.push.sealing import seal

LONGEST_ENDPOINT = 2048
SECRET_BYTES = 16


class Keys(msgspec.Struct, frozen=True):
    p256dh: str = ""
    auth: str = ""


class Where(msgspec.Struct, frozen=True):
    endpoint: str = ""
    keys: Keys = Keys()
    standard: bool = False


class Alerts(msgspec.Struct, frozen=True):
    mention: bool = False
    status: bool = False
    reblog: bool = False
    follow: bool = False
    follow_request: bool = False
    favourite: bool = False
    poll: bool = False
    update: bool = False
    quote: bool = False
    quoted_update: bool = False
    sign_up: bool = msgspec.field(name="admin.sign_up", default=False)
    report: bool = msgspec.field(name="admin.report", default=False)


class Of(msgspec.Struct, frozen=True):
    """Of what."""

    alerts: Alerts = Alerts()
    policy: str = "all"


class Asked(msgspec.Struct, frozen=True):
    subscription: Where = Where()
    data: Of = Of()


def read(asked: Asked, token: str, secret_key: str) -> Wanted:
    where = asked.subscription
    _check_endpoint(where.endpoint)
    _check_keys(where.keys)
    return Wanted(
        endpoint=where.endpoint,
        key_p256dh=where.keys.p256dh,
        key_auth=where.keys.auth,
        standard=where.standard,
        policy=policy_in(asked.data),
        alerts=alerts_in(asked.data),
        sealed_token=seal(secret_key, token),
    )


def alerts_in(data: Of) -> tuple[str, ...]:
    wishes = msgspec.to_builtins(data.alerts)
    return tuple(name for name in ALERTS if wishes[name])


def policy_in(data: Of) -> str:
    if data.policy not in POLICIES:
        raise ValidationFailed("Data policy is not included in the list")
    return data.policy


def rendered(subscription: Subscription, server_key: str) -> WebPushSubscription:
    return WebPushSubscription(
        id=str(subscription.id),
        endpoint=subscription.endpoint,
        standard=subscription.standard,
        server_key=server_key,
        policy=subscription.policy,
        alerts={name: name in subscription.alerts for name in ALERTS},
    )


def _check_endpoint(endpoint: str) -> None:
    if not endpoint:
        raise ValidationFailed("Endpoint can't be blank")
    if len(endpoint) > LONGEST_ENDPOINT:
        raise ValidationFailed(f"Endpoint is too long (maximum is {LONGEST_ENDPOINT} characters)")
    # Whether the host is one that we may talk to is asked when we do: names change what they stand for.
    if parse_url(endpoint) is None:
        raise ValidationFailed("Endpoint is not a valid URL")


def _check_keys(keys: Keys) -> None:
    """A point on the curve and a secret of its size: else every message would fail later."""
    for name, key in (("p256dh", keys.p256dh), ("auth", keys.auth)):
        if not key:
            raise ValidationFailed(f"Key {name} can't be blank")
    if not _are_usable(keys):
        # Mastodon's words, whatever the kind of key.
        raise ValidationFailed("is not a valid Ed25519 or Curve25519 key")


def _are_usable(keys: Keys) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(keys.p256dh))
        return len(raw(keys.auth)) == SECRET_BYTES
    except ValueError:
        return False
