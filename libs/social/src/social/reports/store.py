"""SQL for reports."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, ReportId, StatusId, Uri
from social.paging import Page
from social.reports.model import Report
from social.server.model import Rule
from social.statuses.reading import VISIBLE

COLUMNS = ", ".join(Report.__struct_fields__)


async def by_id(db: Reader, report_id: ReportId) -> Report | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.reports WHERE id = $1", report_id)
    return Report(**row) if row else None


async def many(db: Reader, ids: Sequence[ReportId]) -> dict[ReportId, Report]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.reports WHERE id = ANY ($1::bigint[])", list(ids))
    return {row["id"]: Report(**row) for row in rows}


async def by_uri(db: Reader, uri: Uri) -> Report | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.reports WHERE uri = $1", uri)
    return Report(**row) if row else None


async def page_of(
    db: Reader,
    page: Page,
    *,
    resolved: bool,
    account_id: AccountId | None,
    target_id: AccountId | None,
) -> list[Report]:
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM social.reports
        WHERE (resolved_at IS NOT NULL) = $1
            AND ($2::bigint IS NULL OR account_id = $2) AND ($3::bigint IS NULL OR target_id = $3)
            AND ($4::bigint IS NULL OR id < $4) AND ($5::bigint IS NULL OR id > $5)
        ORDER BY CASE WHEN $6 THEN id ELSE -id END
        LIMIT $7
        """,
        resolved,
        account_id,
        target_id,
        page.max_id,
        page.after,
        page.forward,
        page.limit,
    )
    reports = [Report(**row) for row in rows]
    return page.newest_first(reports)


async def open_ones(db: Reader) -> tuple[int, dt.datetime | None]:
    """How many nobody has closed, and since when the oldest waits."""
    row = await db.fetchrow(
        "SELECT count(*) AS count, min(created_at) AS oldest FROM social.reports WHERE resolved_at IS NULL"
    )
    assert row is not None
    return row["count"], row["oldest"]


async def statuses_shown_to(
    db: Reader, author: AccountId, ids: Sequence[StatusId], reporter: AccountId
) -> list[StatusId]:
    """Those of the statuses that the author wrote and the reporter may see: of others nobody is told."""
    rows = await db.fetch(
        f"""
        SELECT s.id
        FROM social.statuses s
        JOIN social.accounts author ON author.id = s.account_id
        WHERE s.id = ANY ($1::bigint[]) AND s.account_id = $3 AND s.reblog_of_id IS NULL AND {VISIBLE}
        """,
        list(ids),
        reporter,
        author,
    )
    return [row["id"] for row in rows]


async def statuses_by(db: Reader, author: AccountId, ids: Sequence[StatusId]) -> list[StatusId]:
    """Those of the statuses that the author wrote."""
    rows = await db.fetch(
        """
        SELECT id
        FROM social.statuses
        WHERE id = ANY ($1::bigint[]) AND account_id = $2 AND reblog_of_id IS NULL
        ORDER BY id
        """,
        list(ids),
        author,
    )
    return [row["id"] for row in rows]


async def rules_of(db: Reader, ids: Sequence[int]) -> list[Rule]:
    rows = await db.fetch(
        "SELECT id, text, hint FROM social.rules WHERE id = ANY ($1::bigint[]) ORDER BY position, id", list(ids)
    )
    return [Rule(**row) for row in rows]


async def add(
    tx: Tx,
    *,
    reporter: AccountId,
    target: AccountId,
    status_ids: Sequence[StatusId],
    rule_ids: Sequence[int],
    category: str,
    comment: str,
    forwarded: bool,
    uri: Uri | None,
) -> Report | None:
    """None if a report of that URI exists."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.reports (
            account_id, target_id, status_ids, rule_ids, category, comment, forwarded, uri
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (uri) DO NOTHING
        RETURNING {COLUMNS}
        """,
        reporter,
        target,
        list(status_ids),
        list(rule_ids),
        category,
        comment,
        forwarded,
        uri,
    )
    return Report(**row) if row else None


async def set_resolved(tx: Tx, report_id: ReportId, moderator: AccountId | None) -> None:
    """Close the report in the moderator's name; None opens it again."""
    await tx.execute(
        """
        UPDATE social.reports
        SET resolved_at = CASE WHEN $2::bigint IS NULL THEN NULL ELSE now() END, resolved_by_id = $2,
            updated_at = now()
        WHERE id = $1
        """,
        report_id,
        moderator,
    )


async def set_assigned(tx: Tx, report_id: ReportId, moderator: AccountId | None) -> None:
    await tx.execute(
        "UPDATE social.reports SET assigned_id = $2, updated_at = now() WHERE id = $1", report_id, moderator
    )


async def set_category(tx: Tx, report_id: ReportId, category: str, rule_ids: Sequence[int]) -> None:
    await tx.execute(
        "UPDATE social.reports SET category = $2, rule_ids = $3, updated_at = now() WHERE id = $1",
        report_id,
        category,
        list(rule_ids),
    )
