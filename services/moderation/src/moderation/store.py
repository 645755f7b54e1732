"""SQL for sanctions, the audit log and what moderators see of accounts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Domain


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in here, as moderators see them."""

    account_id: AccountId
    email: str
    role: str
    locale: str
    confirmed_at: dt.datetime | None
    disabled_at: dt.datetime | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the audit log."""

    id: int
    moderator_id: AccountId
    action: str
    target_kind: str
    target: str
    details: dict[str, Any]
    created_at: dt.datetime


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """A follow, or a request for one, across the border."""

    id: int
    account_id: AccountId
    target_id: AccountId


async def people(db: Reader, ids: Sequence[AccountId]) -> dict[AccountId, Person]:
    rows = await db.fetch(
        """
        SELECT account_id, email, role, locale, confirmed_at, disabled_at
        FROM social.users
        WHERE account_id = ANY ($1::bigint[])
        """,
        list(ids),
    )
    return {row["account_id"]: Person(**row) for row in rows}


async def set_silenced(tx: Tx, account_id: AccountId, at: dt.datetime | None) -> None:
    await tx.execute("UPDATE social.accounts SET silenced_at = $2 WHERE id = $1", account_id, at)


async def set_suspended(tx: Tx, account_id: AccountId, at: dt.datetime | None) -> None:
    await tx.execute("UPDATE social.accounts SET suspended_at = $2 WHERE id = $1", account_id, at)


async def add_entry(
    tx: Tx, moderator: AccountId, action: str, target_kind: str, target: str, details: dict[str, Any]
) -> None:
    await tx.execute(
        """
        INSERT INTO moderation.audit_log (moderator_id, action, target_kind, target, details)
        VALUES ($1, $2, $3, $4, $5)
        """,
        moderator,
        action,
        target_kind,
        target,
        details,
    )


async def entries_about(db: Reader, target_kind: str, target: str) -> list[Entry]:
    rows = await db.fetch(
        """
        SELECT id, moderator_id, action, target_kind, target, details, created_at
        FROM moderation.audit_log
        WHERE target_kind = $1 AND target = $2
        ORDER BY id
        """,
        target_kind,
        target,
    )
    return [Entry(**row) for row in rows]


async def ties_with(db: Reader, domain: Domain, *, after: int, limit: int) -> list[Tie]:
    """Follows and requests between us and the domain or its subdomains, in the order of their ids."""
    rows = await db.fetch(
        """
        SELECT f.id, f.account_id, f.target_id
        FROM (
            SELECT id, account_id, target_id FROM social.follows
            UNION ALL
            SELECT id, account_id, target_id FROM social.follow_requests
        ) f
        JOIN social.accounts a ON a.id = f.account_id
        JOIN social.accounts t ON t.id = f.target_id
        WHERE f.id > $2
            AND (coalesce(a.domain, t.domain) = $1 OR coalesce(a.domain, t.domain) LIKE '%.' || $1)
        ORDER BY f.id
        LIMIT $3
        """,
        domain,
        after,
        limit,
    )
    return [Tie(**row) for row in rows]
