"""What a report is."""

import datetime as dt

import msgspec

from contracts.ids import AccountId, ReportId, StatusId, Uri

CATEGORIES = ("other", "spam", "legal", "violation")
LONGEST_COMMENT = 1000
LONGEST_REMOTE_COMMENT = 5000
"""Other servers' limits differ; theirs is cut, ours is refused."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.reports`. `uri` is the Flag's own id when another server sent it."""

    id: ReportId
    account_id: AccountId
    target_id: AccountId
    status_ids: list[StatusId]
    rule_ids: list[int]
    category: str
    comment: str
    forwarded: bool
    uri: Uri | None
    created_at: dt.datetime
    updated_at: dt.datetime
    resolved_at: dt.datetime | None
    resolved_by_id: AccountId | None
    assigned_id: AccountId | None
