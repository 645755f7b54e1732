"""Posts for later: when, what is kept of the words, and what clients see of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from api_gateway import store as keys
from api_gateway.posting.publish import LONGEST_KEY, check
from api_gateway.posting.words import PostStatus, Words
from chassis.db import Reader, Tx
from chassis.errors import Conflict
from contracts.ids import ScheduledId, TokenId
from mastoapi import present
from mastoapi.entities import scheduled as entities
from mastoapi.entities.times import timestamp
from mastoapi.present import MediaUrls
from mastoapi.viewer import Viewer
from social.accounts import store as accounts
from social.errors import NotAllowed, ValidationFailed
from social.scheduled import actions, store
from social.scheduled.model import Scheduled
from social.users import store as users

LATEST: Final = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


def moment_in(text: str | None) -> dt.datetime | None:
    """What a client writes of a time; without a zone it is UTC."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as problem:
        raise ValidationFailed("Scheduled at is invalid") from problem
    if moment > LATEST:
        raise ValidationFailed("Scheduled at is too far into the future")
    return moment


def moment_ahead(text: str | None, now: dt.datetime) -> dt.datetime | None:
    """When to post; None for at once, which as in Mastodon is also meant by what is past."""
    moment = moment_in(text)
    return moment if moment is not None and moment > now else None


async def schedule_once(
    tx: Tx, key: str | None, viewer: Viewer, asked: PostStatus, said: Words, at: dt.datetime, now: dt.datetime
) -> ScheduledId:
    """Schedule, unless this key was used within the hour: then it is what was scheduled at that time."""
    key = (key or "")[:LONGEST_KEY]
    if key and not await keys.add_key(tx, viewer.id, key):
        known = await keys.scheduled_of_key(tx, viewer.id, key)
        if known is None:
            raise Conflict
        return known
    await check(tx, viewer, said)
    params = _kept(asked, said, key)
    scheduled_id = await actions.schedule(tx, viewer.id, viewer.app_id, at, params, said.media_ids, now)
    if key:
        await keys.set_scheduled_of_key(tx, viewer.id, key, scheduled_id)
    return scheduled_id


def _kept(asked: PostStatus, said: Words, key: str) -> dict[str, Any]:
    """What was asked, so that it is read again when it is posted; who sees it does not change with a setting."""
    kept = msgspec.structs.replace(
        asked, scheduled_at=None, visibility=said.visibility, sensitive=said.sensitive, language=said.language
    )
    params: dict[str, Any] = msgspec.to_builtins(kept)
    return params | {"idempotency": key or None}


async def author_of(db: Reader, scheduled: Scheduled) -> Viewer:
    """Who posts, as they are now. They hold no token: it may be long revoked."""
    account = await accounts.by_id(db, scheduled.account_id)
    user = await users.by_account(db, scheduled.account_id)
    if account is None or user is None or account.suspended_at or user.disabled_at or user.confirmed_at is None:
        raise NotAllowed
    return Viewer(account=account, user=user, token_id=TokenId(0), app_id=scheduled.app_id, scopes=frozenset())


async def shown(db: Reader, found: Sequence[Scheduled], urls: MediaUrls) -> list[entities.ScheduledStatus]:
    files = await store.media_of(db, [scheduled.id for scheduled in found]) if found else []
    return [
        entities.ScheduledStatus(
            id=str(scheduled.id),
            scheduled_at=timestamp(scheduled.scheduled_at),
            params=_params(scheduled),
            media_attachments=[present.attachment(file, urls) for owner, file in files if owner == scheduled.id],
        )
        for scheduled in found
    ]


def _params(scheduled: Scheduled) -> entities.ScheduledParams:
    kept = scheduled.params
    quoted = kept.get("quoted_status_id")
    return entities.ScheduledParams(
        text=kept.get("status", ""),
        poll=msgspec.convert(kept["poll"], entities.ScheduledPoll) if kept.get("poll") else None,
        media_ids=[str(i) for i in kept.get("media_ids", [])] or None,
        sensitive=kept.get("sensitive"),
        spoiler_text=kept.get("spoiler_text") or None,
        visibility=kept.get("visibility", "public"),
        in_reply_to_id=kept.get("in_reply_to_id"),
        language=kept.get("language"),
        application_id=scheduled.app_id or 0,
        allowed_mentions=_texts(kept.get("allowed_mentions")),
        quoted_status_id=str(quoted) if quoted is not None else None,
        quote_approval_policy=kept.get("quote_approval_policy") or msgspec.UNSET,
        idempotency=kept.get("idempotency"),
    )


def _texts(ids: list[int] | None) -> list[str] | None:
    return [str(i) for i in ids] if ids is not None else None
