"""`murmuration accounts token`: an access token by hand."""

from typing import Annotated

import typer

from chassis.db import Tx
from chassis.settings import Settings
from contracts.ids import AccountId
from mastoapi.scopes import ALL
from murmuration import database
from murmuration.accounts import Name, found
from murmuration.console import Refused, command
from social.oauth import actions, store
from social.oauth.model import hash_of


@command
async def issue(
    name: Name,
    *,
    scopes: Annotated[str, typer.Option(help="Separated by spaces.")] = "read write follow push",
    value: Annotated[str | None, typer.Option(help="Choose the token. In development only.")] = None,
) -> None:
    """Issue an access token and print it, and nothing else, on standard output."""
    settings = Settings()
    wanted = list(dict.fromkeys(scopes.split()))
    check_scopes(wanted)
    if value is not None and not settings.development:
        raise Refused("A chosen token is for development only (MURMURATION_DEVELOPMENT): leave --value away")
    async with database.opened(settings) as db, db.transaction() as tx:
        account = await found(tx, name, settings)
        token = await _issued(tx, account.id, wanted, value)
    typer.echo(token)


async def _issued(tx: Tx, account_id: AccountId, scopes: list[str], value: str | None) -> str:
    """A chosen token may be issued again to the same person, so that a script may run twice."""
    known = await store.token_by_hash(tx, hash_of(value)) if value else None
    if known and (known.account_id != account_id or known.scopes != scopes or known.revoked_at is not None):
        raise Refused("That token was issued before, to somebody else or with other scopes, or it was revoked")
    if known and value:
        return value
    _, token = await actions.issue(tx, app_id=None, account_id=account_id, scopes=scopes, value=value)
    return token


def check_scopes(scopes: list[str]) -> None:
    if not scopes:
        raise Refused("A token without scopes opens nothing: name some with --scopes")
    if unknown := [scope for scope in scopes if scope not in ALL]:
        raise Refused(f"There is no scope {unknown[0]}; there are {', '.join(ALL)}")
