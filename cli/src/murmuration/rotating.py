"""`murmuration accounts rotate-keys`: other keys for those who sign."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio.to_thread
import typer

from apcore import keys
from chassis.db import Database
from chassis.settings import Settings
from contracts.ids import AccountId
from murmuration import database
from murmuration.accounts import found
from murmuration.console import Refused, command, out
from social.accounts import actions, signing, store
from social.accounts.model import INSTANCE_ACTOR, Account

BEFORE_ALL = AccountId(-(2**63))
AT_ONCE = 100


@command
async def rotate(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The username, with or without @.")] = "",
    *,
    server: Annotated[bool, typer.Option("--server", help="The server's own actor, which signs fetches.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody, and the server's own actor.")] = False,
) -> None:
    """Sign with other keys from now on. Other servers are told, and ask again where a signature does not hold."""
    settings = Settings()
    if [bool(name), server, everybody].count(True) != 1:
        raise Refused("Name one account, or give --server or --all")
    async with database.opened(settings) as db:
        if everybody:
            chosen = [account async for account in _all(db)]
        else:
            chosen = [await (_server(db) if server else found(db, name, settings))]
        for account in chosen:
            pair = await anyio.to_thread.run_sync(keys.generate)
            async with db.transaction() as tx:
                await actions.rotate_keys(tx, account, pair)
    out.print(
        f"{len(chosen)} {'account signs' if len(chosen) == 1 else 'accounts sign'} with other keys", highlight=False
    )


async def _server(db: Database) -> Account:
    account = await store.by_id(db, INSTANCE_ACTOR)
    if account is None:
        raise Refused("The server has no actor yet: start it once")
    return account


async def _all(db: Database) -> AsyncIterator[Account]:
    after = BEFORE_ALL
    while ids := await signing.local_ids(db, after, AT_ONCE):
        accounts = await store.many(db, ids)
        for account_id in ids:
            yield accounts[account_id]
        after = ids[-1]
