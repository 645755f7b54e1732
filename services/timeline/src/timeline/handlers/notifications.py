"""Notifications of what concerns somebody here. What is undone takes its notification along in PostgreSQL."""

import datetime as dt

from chassis.clock import utc_now
from contracts.events import (
    AccountCreated,
    BlockCreated,
    FollowAccepted,
    FollowRequested,
    RelationshipsSevered,
    ReportFiled,
    StatusCreated,
    StatusEdited,
    StatusFavourited,
)
from social.quotes import store as quotes
from social.relationships import store as relationships
from social.reports import store as reports
from social.statuses import reading
from social.statuses.model import DIRECT, LIMITED, Status
from timeline.handlers import conversations
from timeline.handlers.telling import tell
from timeline.resources import Resources
from timeline.store import notifications, severances
from timeline.store import telling as store
from timeline.store.telling import Cause

TOLD_FOR = dt.timedelta(days=7)
"""Older posts come in when somebody looks up a thread: no reason to tell anybody. Deliveries are held as long."""


async def on_created(res: Resources, event: StatusCreated) -> None:
    status = await reading.by_id(res.db, event.status_id)
    if status is None or not event.is_news or utc_now() - status.created_at > TOLD_FOR:
        return
    if status.reblog_of_id is not None:
        await _tell_boosted(res, status)
        return
    await _tell_named(res, status)
    if _is_rung_for(status):
        watchers = await store.watchers_of(res.db, status.id)
        await tell(res, Cause(type="status", by=status.account_id, status_id=status.id), watchers)


async def on_edited(res: Resources, event: StatusEdited) -> None:
    """Tell who is named now and was not before, and who boosted or quoted what has changed."""
    status = await reading.by_id(res.db, event.status_id)
    if status is None or status.edited_at is None or utc_now() - status.edited_at > TOLD_FOR:
        return
    await _tell_named(res, status)
    cause = Cause(type="update", by=status.account_id, status_id=status.id, happened_at=status.edited_at)
    await tell(res, cause, await store.local_boosters_of(res.db, status.id))
    for quoter, quoting in await quotes.local_quoters_of(res.db, status.id):
        cause = Cause(type="quoted_update", by=status.account_id, status_id=quoting, happened_at=status.edited_at)
        await tell(res, cause, [quoter])


async def on_favourited(res: Resources, event: StatusFavourited) -> None:
    status = await reading.by_id(res.db, event.status_id)
    favourite = await store.favourite_between(res.db, event.status_id, event.account_id)
    if status is None or favourite is None:
        return
    cause = Cause(type="favourite", by=event.account_id, status_id=status.id, favourite_id=favourite)
    await tell(res, cause, [status.account_id])


async def on_requested(res: Resources, event: FollowRequested) -> None:
    request = await relationships.request_between(res.db, event.account_id, event.target_id)
    if request is not None:
        cause = Cause(type="follow_request", by=event.account_id, follow_request_id=request.id)
        await tell(res, cause, [event.target_id])


async def on_accepted(res: Resources, event: FollowAccepted) -> None:
    follow = await relationships.follow_between(res.db, event.account_id, event.target_id)
    if follow is not None:
        await tell(res, Cause(type="follow", by=event.account_id, follow_id=follow.id), [event.target_id])


async def on_joined(res: Resources, event: AccountCreated) -> None:
    """Those who look after the server hear of who signs up."""
    if event.is_local:
        cause = Cause(type="admin.sign_up", by=event.account_id)
        await tell(res, cause, await store.moderators(res.db))


async def on_reported(res: Resources, event: ReportFiled) -> None:
    report = await reports.by_id(res.db, event.report_id)
    if report is not None:
        cause = Cause(type="admin.report", by=report.account_id, report_id=report.id)
        await tell(res, cause, await store.moderators(res.db))


async def on_severed(res: Resources, event: RelationshipsSevered) -> None:
    async with res.db.transaction() as tx:
        await severances.add(tx, event)
    cause = Cause(type="severed_relationships", by=event.account_id, severance_id=event.severance_id)
    await tell(res, cause, [event.account_id])


async def on_blocked(res: Resources, event: BlockCreated) -> None:
    async with res.db.transaction() as tx:
        await notifications.dismiss_all(tx, event.account_id, sender=event.target_id)


async def forget_closed_groups(res: Resources) -> None:
    async with res.db.transaction() as tx:
        await store.forget_closed_groups(tx, utc_now() - dt.timedelta(hours=store.GROUP_HOURS))


def _is_rung_for(status: Status) -> bool:
    """Those who rang the bell hear of posts and of threads with oneself, not of talks with others."""
    is_reply = status.in_reply_to_id is not None or status.in_reply_to_uri is not None
    return status.visibility not in (DIRECT, LIMITED) and (
        not is_reply or status.in_reply_to_account_id == status.account_id
    )


async def _tell_named(res: Resources, status: Status) -> None:
    named = await store.named_in(res.db, status.id)
    heard = await tell(res, Cause(type="mention", by=status.account_id, status_id=status.id), named, status)
    if status.visibility == DIRECT:
        await conversations.on_said(res, [status.id], [*heard, *([status.account_id] if status.is_local else [])])


async def _tell_boosted(res: Resources, boost: Status) -> None:
    assert boost.reblog_of_id is not None
    original = await reading.by_id(res.db, boost.reblog_of_id)
    if original is None:
        return
    cause = Cause(type="reblog", by=boost.account_id, status_id=original.id, boost_id=boost.id)
    await tell(res, cause, [original.account_id])
