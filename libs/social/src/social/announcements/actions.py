"""Announcing something, and what our people make of it."""

import datetime as dt

from chassis.db import Tx
from contracts.events import AnnouncementPublished, AnnouncementReacted, AnnouncementRemoved
from contracts.ids import AccountId, AnnouncementId
from social.announcements import store
from social.announcements.model import LONGEST, MOST_KINDS, Notice
from social.emojis import store as emojis
from social.emojis.text import is_emoji, is_shortcode
from social.errors import NoSuchRecord, ValidationFailed


async def announce(tx: Tx, notice: Notice, now: dt.datetime) -> AnnouncementId:
    """At once, or when it is planned."""
    _check(notice, now)
    is_planned = notice.scheduled_at is not None and notice.scheduled_at > now
    announcement_id = await store.add(tx, notice, None if is_planned else now)
    if not is_planned:
        tx.emit(AnnouncementPublished(announcement_id=announcement_id))
    return announcement_id


async def remove(tx: Tx, announcement_id: AnnouncementId) -> None:
    if not await store.remove(tx, announcement_id):
        raise NoSuchRecord
    tx.emit(AnnouncementRemoved(announcement_id=announcement_id))


async def keep_time(tx: Tx, now: dt.datetime) -> None:
    """Publish what is due, withdraw what is over."""
    for announcement_id in await store.publish_due(tx, now):
        tx.emit(AnnouncementPublished(announcement_id=announcement_id))
    for announcement_id in await store.withdraw_ended(tx, now):
        tx.emit(AnnouncementRemoved(announcement_id=announcement_id))


async def dismiss(tx: Tx, account_id: AccountId, announcement_id: AnnouncementId) -> None:
    if await store.by_id(tx, announcement_id) is None:
        raise NoSuchRecord
    await store.add_read(tx, announcement_id, account_id)


async def react(tx: Tx, account_id: AccountId, announcement_id: AnnouncementId, name: str) -> None:
    """With a Unicode emoji or the shortcode of one of ours. Doing it twice is doing it once."""
    if not await store.hold(tx, announcement_id):
        raise NoSuchRecord
    known = (await store.reactions_to(tx, [announcement_id], account_id)).get(announcement_id, [])
    if not is_emoji(name) and not (is_shortcode(name) and await emojis.named(tx, [name])):
        raise ValidationFailed("Name is not a recognized emoji")
    if name not in {reaction.name for reaction in known} and len(known) >= MOST_KINDS:
        raise ValidationFailed("Limit of different reactions reached")
    if await store.add_reaction(tx, announcement_id, account_id, name):
        tx.emit(AnnouncementReacted(announcement_id=announcement_id, name=name))


async def unreact(tx: Tx, account_id: AccountId, announcement_id: AnnouncementId, name: str) -> None:
    if await store.by_id(tx, announcement_id) is None:
        raise NoSuchRecord
    if not await store.remove_reaction(tx, announcement_id, account_id, name):
        raise NoSuchRecord
    tx.emit(AnnouncementReacted(announcement_id=announcement_id, name=name))


def _check(notice: Notice, now: dt.datetime) -> None:
    if not notice.text.strip():
        raise ValidationFailed("Text can't be blank")
    if len(notice.text) > LONGEST:
        raise ValidationFailed(f"Text is too long (maximum is {LONGEST} characters)")
    if notice.ends_at is not None and notice.starts_at is None:
        raise ValidationFailed("Begin of event can't be blank when it has an end")
    if notice.ends_at is not None and notice.starts_at is not None and notice.ends_at <= notice.starts_at:
        raise ValidationFailed("End of event must come after its begin")
    if notice.ends_at is not None and notice.ends_at <= max(now, notice.scheduled_at or now):
        raise ValidationFailed("End of event must come after it is announced")
