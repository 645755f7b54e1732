"""What an app gives for an access token, and what it gets."""

import datetime as dt

import msgspec

from api_gateway.oauth.authorization import DEFAULT_SCOPE, are_within, parse_scopes
from api_gateway.oauth.errors import OAuthError
from api_gateway.oauth.forms import Fields, text_of
from chassis.db import Tx
from contracts.ids import AccountId
from social.oauth import actions, store
from social.oauth.model import App, Grant, Token, hash_of


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """Mastodon's Token entity."""

    access_token: str
    token_type: str
    scope: str
    created_at: int


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """For whom and for what a token may be issued."""

    account_id: AccountId | None
    scopes: list[str]


async def take(tx: Tx, app: App, fields: Fields, now: dt.datetime) -> Grant | None:
    code = text_of(fields, "code")
    if not code:
        raise OAuthError("invalid_request", "Missing required parameter: code.")
    return await store.take_grant(tx, app.id, hash_of(code), now)


def checked(grant: Grant | None, fields: Fields) -> Entitlement:
    verifier = text_of(fields, "code_verifier")
    if grant is None or not actions.is_answered(grant, text_of(fields, "redirect_uri"), verifier):
        raise OAuthError("invalid_grant")
    return Entitlement(account_id=grant.account_id, scopes=grant.scopes)


def for_itself(app: App, fields: Fields) -> Entitlement:
    """What an app may do that acts for nobody."""
    scopes = parse_scopes(text_of(fields, "scope")) or [DEFAULT_SCOPE]
    if not are_within(scopes, app.scopes):
        raise OAuthError("invalid_scope")
    return Entitlement(account_id=None, scopes=scopes)


def rendered(token: Token, value: str) -> IssuedToken:
    return IssuedToken(
        access_token=value,
        token_type="Bearer",  # noqa: S106  # a kind, no secret
        scope=" ".join(token.scopes),
        created_at=int(token.created_at.timestamp()),
    )
