"""`murmuration relays`: servers that carry public posts between servers that do not know each other."""

from typing import Annotated

import typer

from apcore.addresses import parse_url
from chassis.db import Reader
from chassis.settings import Settings
from contracts.ids import Uri
from murmuration import database
from murmuration.console import Refused, command, out
from murmuration.resolving import account_named
from social.addresses import Addresses
from social.relays import actions, store
from social.relays.model import IDLE, Relay

app = typer.Typer(no_args_is_help=True, help="Relays: they carry public posts between servers.")

Inbox = Annotated[str, typer.Argument(metavar="INBOX", help="As the relay tells Mastodon servers: https://…/inbox")]
Actor = Annotated[str, typer.Argument(metavar="ACTOR", help="As the relay tells Pleroma servers: https://…/actor")]
Which = Annotated[str, typer.Argument(metavar="URL", help="Its inbox or its actor, as `list` shows them.")]


@app.command("list")
@command
async def listed() -> None:
    """Show the relays, and whether they carry our posts."""
    async with database.opened(Settings()) as db:
        relays = await store.everything(db)
    for relay in relays:
        out.print(f"{relay.state:9} {relay.inbox_url} {relay.actor_uri or ''}".rstrip(), highlight=False, markup=False)
    if not relays:
        out.print("There are no relays")


@app.command("add")
@command
async def add(inbox: Inbox) -> None:
    """Join a relay by its inbox. It carries nothing until it agreed."""
    await _join(inbox, None)


@app.command("follow")
@command
async def follow(actor: Actor) -> None:
    """Join a relay by its actor. It carries nothing until it agreed."""
    settings = Settings()
    async with database.opened(settings) as db:
        account = await account_named(db, settings, actor)
    await _join(account.inbox_url, account.uri)


@app.command("enable")
@command
async def enable(which: Which) -> None:
    """Ask a relay again: one that was disabled, refused, or did not answer."""
    settings = _carrying(Settings())
    async with database.opened(settings) as db, db.transaction() as tx:
        relay = await _found(tx, which)
        await actions.ask_again(tx, Addresses(settings.url, settings.domain), relay)
    out.print(f"{relay.inbox_url} is asked", highlight=False)


@app.command("disable")
@command
async def disable(which: Which) -> None:
    """Leave a relay and keep its address."""
    async with database.opened(Settings()) as db, db.transaction() as tx:
        relay = await _found(tx, which)
        if relay.state == IDLE:
            raise Refused(f"{relay.inbox_url} is disabled already")
        await actions.leave(tx, relay)
    out.print(f"{relay.inbox_url} is left", highlight=False)


@app.command("remove")
@command
async def remove(which: Which) -> None:
    """Leave a relay and forget it."""
    async with database.opened(Settings()) as db, db.transaction() as tx:
        relay = await _found(tx, which)
        await actions.remove(tx, relay)
    out.print(f"{relay.inbox_url} is forgotten", highlight=False)


async def _join(inbox: str, actor: Uri | None) -> None:
    settings = _carrying(Settings())
    if parse_url(inbox) is None:
        raise Refused(f"{inbox} is no address")
    async with database.opened(settings) as db, db.transaction() as tx:
        if await actions.join(tx, Addresses(settings.url, settings.domain), inbox, actor) is None:
            raise Refused(f"{inbox} is known already; `enable` asks it again")
    out.print(f"{inbox} is asked", highlight=False)


def _carrying(settings: Settings) -> Settings:
    """A relay's other servers would have to sign as somebody we know, to read what it announces."""
    if settings.requires_signatures:
        raise Refused("Relays carry nothing where other servers have to sign what they ask: see authorized fetch")
    return settings


async def _found(db: Reader, which: str) -> Relay:
    relay = await store.by_address(db, which)
    if relay is None:
        raise Refused(f"There is no relay {which}")
    return relay
