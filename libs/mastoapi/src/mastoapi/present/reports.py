"""Reports as those who are no moderators see them."""

from mastoapi.entities.accounts import Account
from mastoapi.entities.moderation import Report as ReportEntity
from mastoapi.entities.times import timestamp, timestamp_or_none
from social.reports.model import Report


def report_from(row: Report, target: Account) -> ReportEntity:
    return ReportEntity(
        id=str(row.id),
        action_taken=row.resolved_at is not None,
        action_taken_at=timestamp_or_none(row.resolved_at),
        category=row.category,
        comment=row.comment,
        forwarded=row.forwarded,
        created_at=timestamp(row.created_at),
        status_ids=[str(i) for i in row.status_ids],
        collection_ids=[],
        rule_ids=[str(i) for i in row.rule_ids],
        target_account=target,
    )
