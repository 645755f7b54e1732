"""A push subscription as clients see it, and what is pushed."""

import msgspec


class WebPushSubscription(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    endpoint: str
    standard: bool
    server_key: str
    policy: str
    alerts: dict[str, bool]


class WebPushPayload(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    preferred_locale: str
    notification_id: str
    notification_type: str
    icon: str
    title: str
    body: str
