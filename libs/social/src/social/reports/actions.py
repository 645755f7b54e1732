"""Reporting an account, and what moderators do with reports."""

from collections.abc import Sequence
from typing import Final

from chassis.db import Reader, Tx
from contracts.events import ReportFiled
from contracts.ids import Domain, ReportId, StatusId, Uri
from social.accounts.model import Account
from social.errors import NoSuchRecord, ValidationFailed
from social.reports import store
from social.reports.model import CATEGORIES, LONGEST_COMMENT, LONGEST_REMOTE_COMMENT, Report

MOST_DOMAINS: Final = 20


async def file(
    tx: Tx,
    reporter: Account,
    target: Account,
    statuses: Sequence[StatusId],
    *,
    category: str = "other",
    comment: str = "",
    rule_ids: Sequence[int] = (),
    forward: bool = False,
    forward_to: Sequence[Domain] = (),
    uri: Uri | None = None,
) -> Report | None:
    """Report the target for these of its statuses. None if a Flag of that URI was filed before."""
    if reporter.is_local:
        await _check(tx, reporter, target, statuses, category, comment, rule_ids)
    kept = await store.statuses_by(tx, target.id, statuses)
    report = await store.add(
        tx,
        reporter=reporter.id,
        target=target.id,
        status_ids=kept,
        rule_ids=rule_ids,
        category="violation" if rule_ids else category,
        comment=comment[:LONGEST_REMOTE_COMMENT],
        forwarded=forward and not target.is_local,
        uri=uri,
    )
    if report is not None:
        chosen = tuple(dict.fromkeys(forward_to))[:MOST_DOMAINS] if report.forwarded else ()
        tx.emit(ReportFiled(report_id=report.id, forward=report.forwarded, forward_to=chosen))
    return report


async def _check(
    tx: Tx,
    reporter: Account,
    target: Account,
    statuses: Sequence[StatusId],
    category: str,
    comment: str,
    rule_ids: Sequence[int],
) -> None:
    if category not in CATEGORIES:
        raise ValidationFailed("Category is not included in the list")
    if len(comment) > LONGEST_COMMENT:
        raise ValidationFailed(f"Comment is too long (maximum is {LONGEST_COMMENT} characters)")
    if len(await store.rules_of(tx, rule_ids)) < len(set(rule_ids)):
        raise ValidationFailed("Rules does not reference valid rules")
    if len(await store.statuses_shown_to(tx, target.id, statuses, reporter.id)) < len(set(statuses)):
        raise NoSuchRecord


async def resolve(tx: Tx, report: Report, moderator: Account) -> None:
    await store.set_resolved(tx, report.id, moderator.id)


async def reopen(tx: Tx, report: Report) -> None:
    await store.set_resolved(tx, report.id, None)


async def assign(tx: Tx, report: Report, moderator: Account | None) -> None:
    await store.set_assigned(tx, report.id, moderator.id if moderator else None)


async def categorise(tx: Tx, report: Report, category: str, rule_ids: Sequence[int]) -> None:
    if category not in CATEGORIES:
        raise ValidationFailed("Category is not included in the list")
    await store.set_category(tx, report.id, category, rule_ids if category == "violation" else ())


async def found(db: Reader, report_id: ReportId) -> Report:
    report = await store.by_id(db, report_id)
    if report is None:
        raise NoSuchRecord
    return report
