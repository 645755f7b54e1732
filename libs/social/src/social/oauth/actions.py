"""What is done with apps, codes and tokens."""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence

from chassis.db import Tx
from contracts.events import TokenRevoked
from contracts.ids import AccountId, AppId
from social.oauth import store
from social.oauth.model import GRANT_LIFETIME, App, Grant, Token, hash_of, new_secret


async def register(
    tx: Tx, *, name: str, website: str | None, redirect_uris: Sequence[str], scopes: Sequence[str]
) -> tuple[App, str]:
    """Register an app. Its secret is told once."""
    secret = new_secret()
    app = await store.add_app(
        tx,
        client_id=new_secret(),
        client_secret_hash=hash_of(secret),
        name=name,
        website=website,
        redirect_uris=redirect_uris,
        scopes=scopes,
    )
    return app, secret


def is_secret_of(app: App, secret: str) -> bool:
    return hmac.compare_digest(app.client_secret_hash, hash_of(secret))


async def consent(tx: Tx, grant: Grant, now: dt.datetime) -> str:
    """Note what somebody allows an app, and return the code that the app exchanges for a token."""
    await store.remove_expired_grants(tx, now)
    code = new_secret()
    await store.add_grant(tx, grant, code_hash=hash_of(code), expires_at=now + GRANT_LIFETIME)
    return code


def is_answered(grant: Grant, redirect_uri: str, verifier: str | None) -> bool:
    """Whether the one who brings the code is the one who asked for it (RFC 7636, S256 alone)."""
    if grant.redirect_uri != redirect_uri:
        return False
    if grant.code_challenge is None:
        # A verifier without a challenge means that somebody stripped the challenge (RFC 9700, 2.1.1).
        return not verifier
    return hmac.compare_digest(challenge_of(verifier or "").encode(), grant.code_challenge.encode())


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def issue(
    tx: Tx,
    *,
    app_id: AppId | None,
    account_id: AccountId | None,
    scopes: Sequence[str],
    value: str | None = None,
) -> tuple[Token, str]:
    """Issue an access token. Its value is told once; `value` chooses it, in development."""
    secret = value or new_secret()
    token = await store.add_token(tx, token_hash=hash_of(secret), app_id=app_id, account_id=account_id, scopes=scopes)
    return token, secret


async def revoke(tx: Tx, token: Token) -> None:
    """Doing it twice is the same as doing it once."""
    if await store.set_revoked(tx, token.id):
        tx.emit(TokenRevoked(token_id=token.id, account_id=token.account_id))


async def revoke_app(tx: Tx, account_id: AccountId, app_id: AppId) -> None:
    """Take back all that somebody allowed an app."""
    for token_id in await store.set_revoked_of(tx, account_id, app_id=app_id, spare=None):
        tx.emit(TokenRevoked(token_id=token_id, account_id=account_id))
