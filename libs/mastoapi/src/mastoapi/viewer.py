"""Who looks at us through a client, and what their token allows.

    viewer: Annotated[Viewer, Depends(requires("write:statuses"))]      a person, always
    viewer: Annotated[Viewer | None, Depends(welcomes("read:statuses"))]  a person, or anybody
    bearer: Annotated[Bearer, Depends(accepts("write:accounts"))]       a person, or an app for itself

Where several scopes are named, any one of them will do.
"""

from collections.abc import Awaitable, Callable

import msgspec
from fastapi.requests import HTTPConnection

from chassis.errors import Forbidden, Invalid, Unauthenticated
from contracts.ids import AccountId, AppId, TokenId
from mastoapi.scopes import covers
from mastoapi.tokens import BEARER, Tokens
from social.accounts.model import Account
from social.oauth.model import AppName, Bearer
from social.users.model import Role, User


class OutsideScopes(Forbidden):
    """This action is outside the authorized scopes"""  # noqa: D404  # Mastodon's words


class NeedsUser(Invalid):
    """This method requires an authenticated user"""  # noqa: D404  # Mastodon's words


class LoginUnconfirmed(Forbidden):
    """Your login is missing a confirmed e-mail address"""


class LoginPending(Forbidden):
    """Your login is currently pending approval"""


class LoginDisabled(Forbidden):
    """Your login is currently disabled"""


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """A person of ours behind a client. `account` and `user` may be some seconds old."""

    account: Account
    user: User
    token_id: TokenId
    app_id: AppId | None
    app: AppName | None = None
    scopes: frozenset[str]

    @property
    def id(self) -> AccountId:
        return self.account.id

    @property
    def role(self) -> Role:
        return self.user.role


def id_of(viewer: Viewer | None) -> AccountId | None:
    """Whose eyes to present things for."""
    return viewer.id if viewer is not None else None


def secret_of(connection: HTTPConnection) -> str | None:
    """The token in the Authorization header."""
    kind, _, secret = connection.headers.get("Authorization", "").partition(" ")
    return secret.strip() or None if kind.lower() == "bearer" else None


def viewer_from(bearer: Bearer) -> Viewer:
    """The person behind the token, if there is one and they may sign in."""
    account, user = bearer.account, bearer.user
    if account is None or user is None:
        raise NeedsUser
    if user.disabled_at is not None or account.suspended_at is not None:
        raise LoginDisabled
    if user.confirmed_at is None:
        raise LoginUnconfirmed
    if user.awaits_approval:
        raise LoginPending
    return Viewer(
        account=account,
        user=user,
        token_id=bearer.token.id,
        app_id=bearer.token.app_id,
        app=bearer.app,
        scopes=frozenset(bearer.token.scopes),
    )


def check_scopes(bearer: Bearer, wanted: tuple[str, ...]) -> None:
    if wanted and not any(covers(bearer.token.scopes, scope) for scope in wanted):
        raise OutsideScopes


async def _bearer_of(connection: HTTPConnection) -> Bearer | None:
    """None without a token; a wrong one is refused even where none is needed."""
    known: Bearer | None = connection.scope.get(BEARER)
    if known is not None:
        return known
    secret = secret_of(connection)
    if secret is None:
        return None
    tokens: Tokens = connection.app.state.resources.tokens
    bearer = await tokens.bearer(secret)
    if bearer is None:
        raise Unauthenticated
    return bearer


def accepts(*scopes: str) -> Callable[[HTTPConnection], Awaitable[Bearer]]:
    """A token is needed, a person's or an app's own."""

    async def bearer(connection: HTTPConnection) -> Bearer:
        found = await _bearer_of(connection)
        if found is None:
            raise Unauthenticated
        check_scopes(found, scopes)
        return found

    return bearer


def requires(*scopes: str) -> Callable[[HTTPConnection], Awaitable[Viewer]]:
    """A person's token is needed."""
    find = accepts(*scopes)

    async def viewer(connection: HTTPConnection) -> Viewer:
        found = viewer_from(await find(connection))
        # As Mastodon has it: whoever moved away does nothing here any more, but may be looked at.
        if found.account.moved_to_id is not None:
            raise LoginDisabled
        return found

    return viewer


def welcomes(*scopes: str) -> Callable[[HTTPConnection], Awaitable[Viewer | None]]:
    """Anybody may come; whoever shows a token must have the scope. An app for itself is nobody in particular."""

    async def viewer(connection: HTTPConnection) -> Viewer | None:
        found = await _bearer_of(connection)
        if found is None:
            return None
        check_scopes(found, scopes)
        return viewer_from(found) if found.account is not None else None

    return viewer
