"""`murmuration accounts`: people who sign in here."""

from typing import Annotated

import anyio.to_thread
import typer

from apcore import keys
from apcore.handles import parse
from chassis.clock import utc_now
from chassis.db import Reader
from chassis.settings import Settings
from contracts.ids import AccountId, Domain
from murmuration import database, presentation
from murmuration.console import Refused, command, out
from social.accounts import actions, store
from social.accounts.model import Account
from social.addresses import Addresses
from social.server import store as server
from social.users import actions as users
from social.users import passwords
from social.users import store as user_store
from social.users.model import Credentials, Role

app = typer.Typer(no_args_is_help=True, help="People who sign in here.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The username, with or without @.")]
ROLES = "|".join(Role)
MANY = 1000
NOBODY = AccountId(0)


@app.command("create")
@command
async def create(
    name: Name,
    *,
    email: Annotated[str, typer.Option(help="Where they are reached, and how they sign in.")],
    password: Annotated[str | None, typer.Option(help="Made up and shown when it is not given.")] = None,
    role: Annotated[
        Role, typer.Option(help="What they may do to the server.", case_sensitive=False, metavar=ROLES)
    ] = Role.USER,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="The e-mail address is known to be right.")] = False,
) -> None:
    """Create an account."""
    settings = Settings()
    username = bare(name, settings)
    chosen = password or passwords.generate()
    actions.check_username(username)
    actions.check_email(email)
    users.check_password(chosen)
    password_hash = await passwords.Passwords().hash(chosen)
    pair = await anyio.to_thread.run_sync(keys.generate)
    async with database.opened(settings) as db, db.transaction() as tx:
        await actions.create_local(
            tx,
            Addresses(settings.url, settings.domain),
            username=username,
            email=email,
            password_hash=password_hash,
            keys=pair,
            role=role,
            confirmed_at=utc_now() if confirmed else None,
        )
    presentation.show_created(f"@{username}@{settings.domain}", email, None if password else chosen)


@app.command("role")
@command
async def give_role(
    name: Name, role: Annotated[Role, typer.Argument(help="What they may do.", case_sensitive=False, metavar=ROLES)]
) -> None:
    """Give somebody a role."""
    settings = Settings()
    async with database.opened(settings) as db, db.transaction() as tx:
        account = await found(tx, name, settings)
        if not await users.give_role(tx, account.id, role):
            raise Refused(f"Nobody signs in as @{account.username}, so there is nobody to give a role")
    out.print(f"@{account.username} is {role.value} now", highlight=False)


@app.command("password")
@command
async def set_password(
    name: Name,
    *,
    password: Annotated[str | None, typer.Option(help="Made up and shown when it is not given.")] = None,
) -> None:
    """Set a new password. All sign-ins and access tokens from before end."""
    settings = Settings()
    chosen = password or passwords.generate()
    users.check_password(chosen)
    password_hash = await passwords.Passwords().hash(chosen)
    async with database.opened(settings) as db, db.transaction() as tx:
        account = await found(tx, name, settings)
        if await user_store.by_account(tx, account.id) is None:
            raise Refused(f"Nobody signs in as @{account.username}, so there is no password to set")
        await users.change_password(tx, account.id, password_hash)
    presentation.show_password(f"@{account.username} has a new password", None if password else chosen)


@app.command("approve")
@command
async def approve(name: Name) -> None:
    """Let somebody in who waits for it."""
    settings = Settings()
    async with database.opened(settings) as db, db.transaction() as tx:
        account = await found(tx, name, settings)
        if not await users.approve(tx, account.id):
            raise Refused(f"@{account.username} does not wait for approval")
    out.print(f"@{account.username} may come in", highlight=False)


@app.command("reject")
@command
async def reject(name: Name) -> None:
    """Turn somebody away who waits for approval; nothing of them is kept."""
    settings = Settings()
    async with database.opened(settings) as db, db.transaction() as tx:
        account = await found(tx, name, settings)
        if not await users.reject(tx, account.id):
            raise Refused(f"@{account.username} does not wait for approval")
    out.print(f"@{account.username} is gone", highlight=False)


@app.command("list")
@command
async def show_all() -> None:
    """List everybody who signs in here."""
    everyone: list[Credentials] = []
    async with database.opened(Settings()) as db:
        while page := await user_store.everyone(db, after=everyone[-1].account_id if everyone else NOBODY, limit=MANY):
            everyone += page
    presentation.show_people(everyone)


@app.command("show")
@command
async def show(name: Name) -> None:
    """Show one account."""
    settings = Settings()
    async with database.opened(settings) as db:
        account = await found(db, name, settings)
        person = await user_store.credentials_of(db, account.id)
        counts = await store.counts_of(db, [account.id])
    presentation.show_person(account, person, counts.get(account.id), settings.domain)


@app.command("suggest")
@command
async def suggest(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME|NAME@DOMAIN]...", help="Nobody if none.")] = None,
) -> None:
    """Say whom everybody here is shown first among the people to follow."""
    settings = Settings()
    handles = {name: parse(name) for name in names or []}
    async with database.opened(settings) as db, db.transaction() as tx:
        for name, handle in handles.items():
            domain = Domain(handle.host) if handle and handle.host not in (None, settings.domain) else None
            if handle is None or await store.by_handle(tx, handle.username, domain) is None:
                raise Refused(f"Nobody here knows {name}")
        await server.set_setting(tx, "suggested_accounts", [str(handle) for handle in handles.values()])
    out.print(f"Suggested: {', '.join(handles) or 'nobody'}", highlight=False)


def bare(name: str, settings: Settings) -> str:
    """The username in `alice`, `@alice` or `@alice@our.domain`."""
    username, _, domain = name.removeprefix("@").partition("@")
    if domain and domain.lower() != settings.domain.lower():
        raise Refused(f"{name} is not an account of {settings.domain}")
    return username


async def found(db: Reader, name: str, settings: Settings) -> Account:
    username = bare(name, settings)
    account = await store.by_handle(db, username, None)
    if account is None:
        raise Refused(f"There is no account @{username} on {settings.domain}")
    return account
