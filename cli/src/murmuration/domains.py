"""`murmuration domains`: the only servers that we talk with, where federation is limited."""

from typing import Annotated

import typer

from chassis.settings import Settings
from murmuration import database
from murmuration.console import Refused, command, out
from social.policies import actions, store

app = typer.Typer(no_args_is_help=True, help="The only servers that we talk with, where federation is limited.")

Name = Annotated[str, typer.Argument(metavar="DOMAIN", help="With its port, if it has one. Subdomains are others.")]


@app.command("allowed")
@command
async def allowed() -> None:
    """List them, and say whether the list has an effect."""
    settings = Settings()
    async with database.opened(settings) as db:
        for allowance in await store.allowances(db):
            out.print(allowance.domain, highlight=False, markup=False)
    if not settings.limited_federation:
        out.print("[dim]Everybody is talked with: MURMURATION_LIMITED_FEDERATION is off[/dim]")


@app.command("allow")
@command
async def allow(name: Name) -> None:
    """Talk with a server: the domain of its handles, and that of its addresses if it is another one."""
    domain = actions.as_domain(name)
    async with database.opened(Settings()) as db, db.transaction() as tx:
        if not await actions.allow(tx, domain):
            raise Refused(f"{domain} is on the list already")
    out.print(f"{domain} is on the list", highlight=False)


@app.command("disallow")
@command
async def disallow(name: Name) -> None:
    """Talk with it no more. What it said stays, and is not shown."""
    domain = actions.as_domain(name)
    async with database.opened(Settings()) as db, db.transaction() as tx:
        if not await actions.disallow(tx, domain):
            raise Refused(f"{domain} is not on the list")
    out.print(f"{domain} is not on the list any more", highlight=False)
