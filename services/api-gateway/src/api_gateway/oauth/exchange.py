"""What an app gives for an access token, and what it gets."""

import datetime as dt

import msgspec

from api_gateway.oauth.authorization import DEFAULT_SCOPE, are_within, parse_scopes
from api_gateway.oauth.errors import OAuthError
from api_gateway.oauth.forms import AppRequest
from chassis.db import Tx
from contracts.ids import AccountId
from mastoapi.entities import apps as entities
from social.oauth import actions, store
from social.oauth.model import App, Grant, Token, hash_of


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """For whom and for what a token may be issued."""

    account_id: AccountId | None
    scopes: list[str]


async def take(tx: Tx, app: App, asked: AppRequest, now: dt.datetime) -> Grant | None:
    if not asked.code:
        raise OAuthError("invalid_request", "Missing required parameter: code.")
    return await store.take_grant(tx, app.id, hash_of(asked.code), now)


def checked(grant: Grant | None, asked: AppRequest) -> Entitlement:
    if grant is None or not actions.is_answered(grant, asked.redirect_uri, asked.code_verifier):
        raise OAuthError("invalid_grant")
    return Entitlement(account_id=grant.account_id, scopes=grant.scopes)


def for_itself(app: App, asked: AppRequest) -> Entitlement:
    """What an app may do that acts for nobody."""
    scopes = parse_scopes(asked.scope) or [DEFAULT_SCOPE]
    if not are_within(scopes, app.scopes):
        raise OAuthError("invalid_scope")
    return Entitlement(account_id=None, scopes=scopes)


def rendered(token: Token, value: str) -> entities.Token:
    return entities.Token(
        access_token=value, scope=" ".join(token.scopes), created_at=int(token.created_at.timestamp())
    )


class Introspection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 7662. Of a token that is worth nothing no more is said."""

    active: bool
    scope: str = ""
    client_id: str = ""
    token_type: str = ""
    iat: int = 0


def introspected(token: Token | None, app: App) -> Introspection:
    """An app learns of its own tokens alone."""
    if token is None or token.revoked_at is not None or token.app_id != app.id:
        return Introspection(active=False)
    return Introspection(
        active=True,
        scope=" ".join(token.scopes),
        client_id=app.client_id,
        token_type="Bearer",  # noqa: S106  # a type, not a token
        iat=int(token.created_at.timestamp()),
    )


class TokenInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What doorkeeper says of the token that asks."""

    resource_owner_id: str | None
    scope: list[str]
    expires_in: int | None
    application: dict[str, str | None]
    created_at: int


def informed(token: Token, app: App | None) -> TokenInfo:
    return TokenInfo(
        resource_owner_id=str(token.account_id) if token.account_id else None,
        scope=token.scopes,
        expires_in=None,
        application={"uid": app.client_id if app else None},
        created_at=int(token.created_at.timestamp()),
    )
