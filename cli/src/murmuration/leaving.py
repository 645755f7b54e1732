"""`murmuration accounts alias`, `move` and `delete`: people who come from elsewhere, go there, or go altogether."""

from typing import Annotated

import typer

from chassis.clock import utc_now
from chassis.db import Database, Reader
from chassis.settings import Settings
from murmuration import database
from murmuration.accounts import Name, found
from murmuration.console import Refused, command, out
from murmuration.resolving import account_named
from social.accounts.model import Account
from social.departures import actions as departures
from social.departures.store import is_deleted
from social.moves import actions

POSTS_AT_ONCE = 500

aliases = typer.Typer(no_args_is_help=True, help="Accounts elsewhere that may move to one here.")

Other = Annotated[str, typer.Argument(metavar="NAME@DOMAIN|URL", help="The account elsewhere.")]


@aliases.command("add")
@command
async def add_alias(name: Name, other: Other) -> None:
    """Let another account move to this one."""
    settings = Settings()
    async with database.opened(settings) as db:
        elsewhere = await account_named(db, settings, other)
        async with db.transaction() as tx:
            account = await _active(tx, name, settings)
            await actions.add_alias(tx, account, elsewhere)
    out.print(f"@{elsewhere.acct} may move to @{account.username}", highlight=False)


@aliases.command("remove")
@command
async def remove_alias(name: Name, other: Other) -> None:
    """Take that back. An account that is gone by now is named by its address."""
    settings = Settings()
    async with database.opened(settings) as db:
        uri = other if other.startswith("https://") else (await account_named(db, settings, other)).uri
        async with db.transaction() as tx:
            account = await found(tx, name, settings)
            if not await actions.remove_alias(tx, account, uri):
                raise Refused(f"{other} is no alias of @{account.username}")
    out.print(f"{other} is no alias of @{account.username} any more", highlight=False)


@command
async def move(name: Name, target: Other) -> None:
    """Move an account elsewhere: its followers follow along, and nobody posts here any more.

    The other account has to name this one as an alias first.
    """
    settings = Settings()
    async with database.opened(settings) as db:
        elsewhere = await account_named(db, settings, target)
        async with db.transaction() as tx:
            account = await _active(tx, name, settings)
            await actions.move(tx, account, elsewhere, utc_now())
    out.print(f"@{account.username} has moved to @{elsewhere.acct}", highlight=False)


@command
async def delete(
    name: Name, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant.")] = False
) -> None:
    """Delete an account and all that it posted, for good. Nobody gets its name again."""
    settings = Settings()
    async with database.opened(settings) as db:
        account = await found(db, name, settings)
        if await is_deleted(db, account.uri):
            raise Refused(f"@{account.username} is deleted already")
        if not yes and not typer.confirm(f"Delete @{account.username} and everything they posted, for good?"):
            raise Refused("Nothing was deleted")
        async with db.transaction() as tx:
            await departures.shut(tx, account, utc_now())
        while await _clear(db, account):
            pass
        async with db.transaction() as tx:
            await departures.delete(tx, account, utc_now())
    out.print(f"@{account.username} is deleted; other servers are being told", highlight=False)


async def _clear(db: Database, account: Account) -> bool:
    async with db.transaction() as tx:
        return await departures.clear(tx, account, POSTS_AT_ONCE)


async def _active(db: Reader, name: str, settings: Settings) -> Account:
    account = await found(db, name, settings)
    if account.suspended_at is not None:
        raise Refused(f"@{account.username} is suspended or deleted")
    return account
