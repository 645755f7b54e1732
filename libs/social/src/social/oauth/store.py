"""SQL for apps, grants and access tokens. One function, one statement."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, AppId, TokenId
from social.accounts.model import Account
from social.oauth.model import App, AppName, Authorization, Bearer, Grant, Token
from social.users.model import User
from social.users.store import user_from

APP = ", ".join(App.__struct_fields__)
GRANT = ", ".join(Grant.__struct_fields__)
TOKEN = ", ".join(Token.__struct_fields__)

# Prefixed, because all four stand in one row.
_BEARER = ", ".join(
    f"{alias}.{name} AS {alias}_{name}"
    for alias, struct in (("t", Token), ("p", AppName), ("a", Account), ("u", User))
    for name in struct.__struct_fields__
)


async def add_app(
    tx: Tx,
    *,
    client_id: str,
    client_secret_hash: bytes,
    name: str,
    website: str | None,
    redirect_uris: Sequence[str],
    scopes: Sequence[str],
) -> App:
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.apps (client_id, client_secret_hash, name, website, redirect_uris, scopes)
        VALUES ($1, $2, $3, $4, $5, $6)
        RETURNING {APP}
        """,
        client_id,
        client_secret_hash,
        name,
        website,
        list(redirect_uris),
        list(scopes),
    )
    assert row is not None
    return App(**row)


async def app_by_client_id(db: Reader, client_id: str) -> App | None:
    row = await db.fetchrow(f"SELECT {APP} FROM social.apps WHERE client_id = $1", client_id)
    return App(**row) if row else None


async def app_by_id(db: Reader, app_id: AppId) -> App | None:
    row = await db.fetchrow(f"SELECT {APP} FROM social.apps WHERE id = $1", app_id)
    return App(**row) if row else None


async def add_grant(tx: Tx, grant: Grant, *, code_hash: bytes, expires_at: dt.datetime) -> None:
    await tx.execute(
        """
        INSERT INTO social.grants (app_id, account_id, redirect_uri, scopes, code_challenge, code_hash, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        grant.app_id,
        grant.account_id,
        grant.redirect_uri,
        grant.scopes,
        grant.code_challenge,
        code_hash,
        expires_at,
    )


async def take_grant(tx: Tx, app_id: AppId, code_hash: bytes, now: dt.datetime) -> Grant | None:
    """Use the code up. Of two who come at once, one gets it."""
    row = await tx.fetchrow(
        f"""
        DELETE FROM social.grants
        WHERE code_hash = $1 AND app_id = $2 AND expires_at > $3
        RETURNING {GRANT}
        """,
        code_hash,
        app_id,
        now,
    )
    return Grant(**row) if row else None


async def remove_expired_grants(tx: Tx, now: dt.datetime) -> None:
    await tx.execute("DELETE FROM social.grants WHERE expires_at <= $1", now)


async def add_token(
    tx: Tx,
    *,
    token_hash: bytes,
    app_id: AppId | None,
    account_id: AccountId | None,
    scopes: Sequence[str],
) -> Token:
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.tokens (token_hash, app_id, account_id, scopes)
        VALUES ($1, $2, $3, $4)
        RETURNING {TOKEN}
        """,
        token_hash,
        app_id,
        account_id,
        list(scopes),
    )
    assert row is not None
    return Token(**row)


async def token_by_hash(db: Reader, token_hash: bytes) -> Token | None:
    """Also a revoked one."""
    row = await db.fetchrow(f"SELECT {TOKEN} FROM social.tokens WHERE token_hash = $1", token_hash)
    return Token(**row) if row else None


async def set_revoked(tx: Tx, token_id: TokenId) -> bool:
    """False if it was revoked before."""
    return bool(
        await tx.fetchval(
            "UPDATE social.tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING true",
            token_id,
        )
    )


async def set_revoked_of(
    tx: Tx, account_id: AccountId, *, app_id: AppId | None, spare: TokenId | None
) -> list[TokenId]:
    """Revoke somebody's tokens of one app, or of all (None), but for the spared; return which they were."""
    rows = await tx.fetch(
        """
        UPDATE social.tokens
        SET revoked_at = now()
        WHERE account_id = $1 AND revoked_at IS NULL AND ($2::bigint IS NULL OR app_id = $2)
            AND id IS DISTINCT FROM $3
        RETURNING id
        """,
        account_id,
        app_id,
        spare,
    )
    return [row["id"] for row in rows]


async def still_valid(db: Reader, ids: Sequence[TokenId]) -> set[TokenId]:
    """Those of the tokens that are not revoked, and whose holder may sign in."""
    rows = await db.fetch(
        """
        SELECT t.id
        FROM social.tokens t
        JOIN social.accounts a ON a.id = t.account_id AND a.suspended_at IS NULL
        JOIN social.users u ON u.account_id = t.account_id AND u.disabled_at IS NULL
        WHERE t.id = ANY ($1::bigint[]) AND t.revoked_at IS NULL
        """,
        list(ids),
    )
    return {row["id"] for row in rows}


async def authorizations_of(db: Reader, account_id: AccountId) -> list[Authorization]:
    """The apps that hold a token of somebody's, newest first."""
    rows = await db.fetch(
        """
        SELECT p.id, p.name, p.website, min(t.created_at) AS since,
            array_agg(DISTINCT s.scope ORDER BY s.scope) AS scopes
        FROM social.tokens t
        JOIN social.apps p ON p.id = t.app_id
        CROSS JOIN LATERAL unnest(t.scopes) AS s (scope)
        WHERE t.account_id = $1 AND t.revoked_at IS NULL
        GROUP BY p.id
        ORDER BY max(t.created_at) DESC
        """,
        account_id,
    )
    return [
        Authorization(
            app=AppName(id=row["id"], name=row["name"], website=row["website"]),
            scopes=row["scopes"],
            since=row["since"],
        )
        for row in rows
    ]


async def bearer_of(db: Reader, token_hash: bytes) -> Bearer | None:
    """Token, app, account and user in one statement. Every service with a client API may ask."""
    row = await db.fetchrow(
        f"""
        SELECT {_BEARER}
        FROM social.tokens t
        LEFT JOIN social.apps p ON p.id = t.app_id
        LEFT JOIN social.accounts a ON a.id = t.account_id
        LEFT JOIN social.users u ON u.account_id = t.account_id
        WHERE t.token_hash = $1 AND t.revoked_at IS NULL
        """,
        token_hash,
    )
    return _bearer(row) if row else None


def _bearer(row: Row) -> Bearer:
    def part(alias: str) -> dict[str, Any]:
        return {name.removeprefix(f"{alias}_"): value for name, value in row.items() if name.startswith(f"{alias}_")}

    return Bearer(
        token=Token(**part("t")),
        app=AppName(**part("p")) if row["p_id"] is not None else None,
        account=Account(**part("a")) if row["a_id"] is not None else None,
        user=user_from(part("u")) if row["u_account_id"] is not None else None,
    )
