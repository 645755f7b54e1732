"""Apps, grants and tokens as values. Secrets are stored as their SHA-256 and never appear here."""

import datetime as dt
import hashlib
import secrets

import msgspec

from contracts.ids import AccountId, AppId, TokenId
from social.accounts.model import Account
from social.users.model import User

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect of apps without a browser: the code is shown to be copied."""

GRANT_LIFETIME = dt.timedelta(minutes=10)


class App(msgspec.Struct, frozen=True, kw_only=True):
    """A client that registered here."""

    id: AppId
    client_id: str
    client_secret_hash: bytes
    name: str
    website: str | None
    redirect_uris: list[str]
    scopes: list[str]
    created_at: dt.datetime


class AppName(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of an app beside a post."""

    id: AppId
    name: str
    website: str | None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's consent, waiting for the app to exchange its code."""

    app_id: AppId
    account_id: AccountId
    redirect_uri: str
    scopes: list[str]
    code_challenge: str | None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token's row. `account_id` is None for an app that acts for itself."""

    id: TokenId
    app_id: AppId | None
    account_id: AccountId | None
    scopes: list[str]
    created_at: dt.datetime
    revoked_at: dt.datetime | None = None


class Bearer(msgspec.Struct, frozen=True, kw_only=True):
    """Who a request comes from, all that one access token tells."""

    token: Token
    app: AppName | None
    account: Account | None
    user: User | None


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """An app that somebody lets in."""

    app: AppName
    scopes: list[str]
    since: dt.datetime


def new_secret() -> str:
    """A token, code or client secret: 32 random bytes."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """What we store of a secret. It has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).digest()
