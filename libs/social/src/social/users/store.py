"""SQL for the people who sign in here. One function, one statement."""

import datetime as dt
from typing import Any

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId
from social.users.model import Credentials, Joining, Role, User

COLUMNS = ", ".join(f"u.{name}" for name in User.__struct_fields__)

_CREDENTIALS = """
    SELECT u.account_id, a.username, u.email, u.password_hash, u.role, u.confirmed_at,
        u.awaits_approval, u.disabled_at, a.suspended_at
    FROM social.users u
    JOIN social.accounts a ON a.id = u.account_id
"""


def user_from(columns: dict[str, Any]) -> User:
    return User(**{**columns, "role": Role(columns["role"])})


def _credentials(row: Row | None) -> Credentials | None:
    return Credentials(**{**row, "role": Role(row["role"])}) if row else None


async def by_account(db: Reader, account_id: AccountId) -> User | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.users u WHERE u.account_id = $1", account_id)
    return user_from(dict(row)) if row else None


async def credentials_by_email(db: Reader, email: str) -> Credentials | None:
    """Only api-gateway may ask."""
    return _credentials(await db.fetchrow(f"{_CREDENTIALS} WHERE lower(u.email) = lower($1)", email))


async def credentials_of(db: Reader, account_id: AccountId) -> Credentials | None:
    """Only api-gateway may ask."""
    return _credentials(await db.fetchrow(f"{_CREDENTIALS} WHERE u.account_id = $1", account_id))


async def everyone(db: Reader, *, after: AccountId, limit: int) -> list[Credentials]:
    """People in order of arrival. Only api-gateway may ask."""
    rows = await db.fetch(f"{_CREDENTIALS} WHERE u.account_id > $1 ORDER BY u.account_id LIMIT $2", after, limit)
    return [person for row in rows if (person := _credentials(row))]


async def add(
    tx: Tx,
    *,
    account_id: AccountId,
    email: str,
    password_hash: str,
    role: Role,
    confirmed_at: dt.datetime | None,
    joining: Joining,
) -> bool:
    """Let somebody sign in; False if the e-mail address is taken."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.users (
                account_id, email, password_hash, role, confirmed_at, locale, awaits_approval, sign_up_reason
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT DO NOTHING
            RETURNING true
            """,
            account_id,
            email,
            password_hash,
            role.value,
            confirmed_at,
            joining.locale,
            joining.awaits_approval,
            joining.reason,
        )
    )


async def is_email_taken(db: Reader, email: str) -> bool:
    """Only api-gateway may ask."""
    taken: bool = await db.fetchval("SELECT EXISTS (SELECT FROM social.users WHERE lower(email) = lower($1))", email)
    return taken


async def set_approved(tx: Tx, account_id: AccountId) -> bool:
    """False if nobody waits for it."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.users SET awaits_approval = false
            WHERE account_id = $1 AND awaits_approval
            RETURNING true
            """,
            account_id,
        )
    )


async def remove_waiting(tx: Tx, account_id: AccountId) -> bool:
    """Turn somebody away who waits for approval, with all that was kept of them; False if nobody waits."""
    return bool(
        await tx.fetchval(
            """
            DELETE FROM social.accounts a
            USING social.users u
            WHERE a.id = $1 AND a.is_local AND u.account_id = a.id AND u.awaits_approval
            RETURNING true
            """,
            account_id,
        )
    )


async def set_role(tx: Tx, account_id: AccountId, role: Role) -> bool:
    """False if nobody signs in to that account."""
    return bool(
        await tx.fetchval(
            "UPDATE social.users SET role = $2 WHERE account_id = $1 RETURNING true", account_id, role.value
        )
    )


async def set_password(tx: Tx, account_id: AccountId, password_hash: str) -> None:
    await tx.execute("UPDATE social.users SET password_hash = $2 WHERE account_id = $1", account_id, password_hash)


async def set_posting_defaults(
    tx: Tx,
    account_id: AccountId,
    *,
    privacy: str | None,
    sensitive: bool | None,
    language: str | None,
    quote_policy: str | None,
) -> None:
    """Change what a new post starts with; None leaves a default as it is, an empty language clears it."""
    await tx.execute(
        """
        UPDATE social.users
        SET default_privacy = coalesce($2, default_privacy), default_sensitive = coalesce($3, default_sensitive),
            default_language = CASE WHEN $4::text IS NULL THEN default_language ELSE nullif($4, '') END,
            default_quote_policy = coalesce($5, default_quote_policy)
        WHERE account_id = $1
        """,
        account_id,
        privacy,
        sensitive,
        language,
        quote_policy,
    )
