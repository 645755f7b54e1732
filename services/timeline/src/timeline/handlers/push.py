"""Pushing: one message to one app, and what its push service says to it."""

import datetime as dt
from typing import Final

import msgspec
from prometheus_client import Counter, Histogram

from apcore.fetch import FetchFailed, FetchRefused
from chassis.clock import utc_now
from chassis.errors import Unavailable
from contracts.events import TokenRevoked
from social.accounts import store as accounts
from social.push import store
from social.push.model import Subscription
from social.push.sealing import unseal
from social.statuses import reading
from social.users import store as users
from timeline.jobs import Push
from timeline.resources import Resources
from timeline.store import notifications
from timeline.store.notifications import Notification
from timeline.webpush.envelope import sealed
from timeline.webpush.message import written

TRIED_FOR: Final = dt.timedelta(hours=1)
"""An old notification is seen in the app: nobody needs to be woken for it any more."""

GONE: Final = frozenset({404, 410})
PASSING: Final = frozenset({408, 425, 429})

PUSHES = Counter("murmuration_timeline_pushes_total", "Attempts to push a notification to an app", ["outcome"])
LATENCY = Histogram(
    "murmuration_timeline_push_seconds",
    "Time from making a notification until its push service took it",
    buckets=(0.1, 0.5, 1, 2.5, 5, 15, 60, 600, 3600),
)


async def on_push(res: Resources, job: Push) -> None:
    if utc_now() - job.made_at > TRIED_FOR:
        PUSHES.labels("too_late").inc()
        return
    subscription = await store.in_force(res.db, job.subscription_id)
    notification = subscription and await notifications.by_id(res.db, subscription.account_id, job.notification_id)
    if not subscription or not notification:
        PUSHES.labels("obsolete").inc()
        return
    token = unseal(res.settings.secret_key.get_secret_value(), subscription.sealed_token)
    outcome = await _send(res, subscription, notification, token) if token else "gone"
    PUSHES.labels(outcome).inc()
    if outcome == "delivered":
        LATENCY.observe((utc_now() - job.made_at).total_seconds())
    if outcome == "gone":
        async with res.db.transaction() as tx:
            await store.remove(tx, subscription.id)
    if outcome == "failed":
        raise Unavailable


async def on_token_revoked(res: Resources, event: TokenRevoked) -> None:
    """An app that is let in no longer hears nothing any more."""
    async with res.db.transaction() as tx:
        await store.remove_of_token(tx, event.token_id)


async def _send(res: Resources, subscription: Subscription, notification: Notification, token: str) -> str:
    content = await _content(res, notification, token)
    if content is None:
        return "obsolete"
    envelope = sealed(content, subscription, res.identity, utc_now())
    try:
        answer = await res.fetcher.post(subscription.endpoint, envelope.body, envelope.headers)
    except FetchRefused:
        return "refused"
    except FetchFailed:
        return "failed"
    return meaning_of(answer.status)


def meaning_of(status: int) -> str:
    """What the push service's answer says of our message."""
    if 200 <= status < 300:
        return "delivered"
    if status in GONE:
        return "gone"
    return "failed" if status in PASSING or status >= 500 else "refused"


async def _content(res: Resources, notification: Notification, token: str) -> bytes | None:
    sender = await accounts.by_id(res.db, notification.from_account_id)
    user = await users.by_account(res.db, notification.account_id)
    if sender is None or user is None:
        return None
    status = await reading.by_id(res.db, notification.status_id) if notification.status_id else None
    return msgspec.json.encode(written(notification, sender, status, res.urls, token=token, locale=user.locale))
