"""From notifications to entities, one by one and in groups, for one viewer."""

import html
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from contracts.ids import AccountId, ReportId, SeveranceId, StatusId
from mastoapi import present
from mastoapi.entities.accounts import Account
from mastoapi.entities.moderation import Report as ReportEntity
from mastoapi.entities.notification_groups import (
    GroupedNotificationsResults,
    NotificationGroup,
    PartialAccountWithAvatar,
)
from mastoapi.entities.notification_policies import NotificationRequest
from mastoapi.entities.notifications import Notification as NotificationEntity
from mastoapi.entities.notifications import NotificationFallback, RelationshipSeveranceEvent
from mastoapi.entities.times import timestamp
from mastoapi.present import accounts_by_id, people
from mastoapi.present.reports import report_from
from social.reports import store as reports
from social.reports.model import Report
from social.statuses.model import Standing
from timeline.resources import Resources
from timeline.store import severances
from timeline.store.groups import Group
from timeline.store.notifications import Notification
from timeline.store.requests import Request
from timeline.store.severances import Severance

FALLBACKS: Final = {
    "quote": "{name} quoted your post",
    "quoted_update": "{name} edited a post that you quoted",
    "severed_relationships": "A block ended follows of yours",
}
"""What apps from before these types can say instead."""


class _Named(msgspec.Struct, frozen=True):
    """Of an account, what it is called."""

    username: str
    display_name: str


class _Pieces(msgspec.Struct, frozen=True):
    """All that some notifications show, without what the viewer cannot see."""

    accounts: Mapping[AccountId, Raw]
    statuses: Mapping[StatusId, Raw]
    reports: Mapping[ReportId, Report]
    severances: Mapping[SeveranceId, Severance]
    supported: Collection[str] | None

    def shows(self, n: Notification) -> bool:
        return (n.status_id is None or n.status_id in self.statuses) and (
            n.report_id is None
            or (n.report_id in self.reports and self.reports[n.report_id].target_id in self.accounts)
        )

    def report(self, n: Notification) -> ReportEntity | UnsetType:
        if n.report_id is None:
            return UNSET
        row = self.reports[n.report_id]
        return report_from(row, msgspec.json.decode(self.accounts[row.target_id], type=Account))

    def event(self, n: Notification) -> RelationshipSeveranceEvent | UnsetType:
        if n.severance_id is None:
            return UNSET
        row = self.severances[n.severance_id]
        return RelationshipSeveranceEvent(
            id=str(row.id),
            type=row.kind,
            purged=False,
            target_name=row.target_name,
            followers_count=row.followers,
            following_count=row.following,
            created_at=timestamp(row.created_at),
        )

    def fallback(self, kind: str, sender: AccountId) -> NotificationFallback | UnsetType:
        """Only for apps that say what they know."""
        if self.supported is None or kind in self.supported or kind not in FALLBACKS:
            return UNSET
        account = msgspec.json.decode(self.accounts[sender], type=_Named)
        name = account.display_name or account.username
        return NotificationFallback(title=FALLBACKS[kind].format(name=html.escape(name)), summary=None, details=None)


async def one_by_one(
    res: Resources,
    found: Sequence[Notification],
    viewer: AccountId,
    supported: Collection[str] | None = None,
    standings: Mapping[AccountId, Standing] | None = None,
) -> list[NotificationEntity]:
    """Without those whose sender or status the viewer cannot see. `standings` of all senders, where known."""
    pieces = await _load(res, found, viewer, [n.from_account_id for n in found], supported, standings)
    return [
        NotificationEntity(
            id=str(n.id),
            type=n.type,
            created_at=timestamp(n.created_at),
            group_key=n.group_key or f"ungrouped-{n.id}",
            account=pieces.accounts[n.from_account_id],
            filtered=n.filtered or UNSET,
            status=pieces.statuses[n.status_id] if n.status_id is not None else UNSET,
            report=pieces.report(n),
            event=pieces.event(n),
            fallback=pieces.fallback(n.type, n.from_account_id),
        )
        for n in found
        if n.from_account_id in pieces.accounts and pieces.shows(n)
    ]


async def in_groups(
    res: Resources,
    found: Sequence[Group],
    viewer: AccountId,
    *,
    supported: Collection[str] | None,
    partial: bool = False,
    paged: bool = False,
) -> GroupedNotificationsResults:
    """Each account and each status once. `partial`: of all but the first in each group only name and picture."""
    everybody = [i for group in found for i in group.sample]
    pieces = await _load(res, [group.newest for group in found], viewer, everybody, supported)
    shown = {
        group.key: (group, sample)
        for group in found
        if (sample := [i for i in group.sample if i in pieces.accounts]) and pieces.shows(group.newest)
    }
    first = dict.fromkeys(i for _, sample in shown.values() for i in (sample[:1] if partial else sample))
    others = dict.fromkeys(i for _, sample in shown.values() for i in sample if i not in first)
    statuses = dict.fromkeys(g.newest.status_id for g, _ in shown.values() if g.newest.status_id is not None)
    return GroupedNotificationsResults(
        accounts=[pieces.accounts[i] for i in first],
        partial_accounts=[_partial(pieces.accounts[i]) for i in others] if partial else UNSET,
        statuses=[pieces.statuses[i] for i in statuses],
        notification_groups=[_group(pieces, group, sample, paged=paged) for group, sample in shown.values()],
    )


async def requests(res: Resources, found: Sequence[Request], viewer: AccountId) -> list[NotificationRequest]:
    """Without senders whom policies hide."""
    senders = await accounts_by_id(res.db, [r.from_account_id for r in found], res.urls, res.policies.value)
    last = sorted({r.last_status_id for r in found if r.last_status_id is not None})
    posts = await present.statuses_by_id(res.db, last, viewer, res.urls, policies=res.policies.value) if last else {}
    return [
        NotificationRequest(
            id=str(r.id),
            created_at=timestamp(r.created_at),
            updated_at=timestamp(r.updated_at),
            notifications_count=str(r.notifications_count),
            account=senders[r.from_account_id],
            last_status=posts.get(r.last_status_id, UNSET) if r.last_status_id is not None else UNSET,
        )
        for r in found
        if r.from_account_id in senders
    ]


async def _load(
    res: Resources,
    found: Sequence[Notification],
    viewer: AccountId,
    senders: Iterable[AccountId],
    supported: Collection[str] | None,
    standings: Mapping[AccountId, Standing] | None = None,
) -> _Pieces:
    filed = sorted({n.report_id for n in found if n.report_id is not None})
    known = await reports.many(res.db, filed) if filed else {}
    cut = sorted({n.severance_id for n in found if n.severance_id is not None})
    concerned = sorted({*senders, *(report.target_id for report in known.values())})
    posts = sorted({n.status_id for n in found if n.status_id is not None})
    policies = res.policies.value
    return _Pieces(
        # Whom reports are about sent nothing.
        await people(res.db, concerned, res.urls, policies=policies, standings=None if known else standings),
        await present.statuses_by_id(res.db, posts, viewer, res.urls, policies=policies) if posts else {},
        known,
        await severances.many(res.db, cut) if cut else {},
        supported,
    )


def _group(pieces: _Pieces, group: Group, sample: Sequence[AccountId], *, paged: bool) -> NotificationGroup:
    newest = group.newest
    return NotificationGroup(
        group_key=group.key,
        notifications_count=group.count,
        type=newest.type,
        most_recent_notification_id=newest.id,
        page_min_id=str(group.min_id) if paged else UNSET,
        page_max_id=str(newest.id) if paged else UNSET,
        latest_page_notification_at=timestamp(group.latest_at) if paged else UNSET,
        sample_account_ids=[str(i) for i in sample],
        status_id=str(newest.status_id) if newest.status_id is not None else UNSET,
        report=pieces.report(newest),
        event=pieces.event(newest),
        fallback=pieces.fallback(newest.type, sample[0]),
    )


def _partial(account: Raw) -> PartialAccountWithAvatar:
    return msgspec.json.decode(account, type=PartialAccountWithAvatar)
