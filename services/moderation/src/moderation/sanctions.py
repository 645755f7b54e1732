"""What a moderator can do to an account."""

import datetime as dt

from chassis.db import Tx
from contracts.events import AccountSanctioned, TokenRevoked
from contracts.ids import AccountId
from mastoapi.viewer import Viewer
from moderation import audit, store
from social.accounts import store as accounts
from social.accounts.model import Account
from social.errors import NoSuchAccount, NotAllowed, ValidationFailed
from social.oauth import store as tokens
from social.users.model import Role

ACTIONS = ("none", "silence", "suspend")


async def found(tx: Tx, account_id: AccountId) -> Account:
    account = await accounts.by_id(tx, account_id)
    if account is None or account.id < 0:
        raise NoSuchAccount
    return account


async def act(tx: Tx, moderator: Viewer, account: Account, action: str, *, note: str, now: dt.datetime) -> None:
    """Do what the moderator decided: `none` only goes on record."""
    if action not in ACTIONS:
        raise ValidationFailed(f"Type is not one of {', '.join(ACTIONS)}")
    await _check_rank(tx, moderator, account)
    match action:
        case "silence":
            await store.set_silenced(tx, account.id, account.silenced_at or now)
        case "suspend":
            await _suspend(tx, account, now)
        case _:
            pass
    await audit.about_account(tx, moderator, action, account, {"text": note} if note else {})
    if action != "none":
        tx.emit(AccountSanctioned(account_id=account.id))


async def unsilence(tx: Tx, moderator: Viewer, account: Account) -> None:
    await store.set_silenced(tx, account.id, None)
    await audit.about_account(tx, moderator, "unsilence", account, {})
    tx.emit(AccountSanctioned(account_id=account.id))


async def unsuspend(tx: Tx, moderator: Viewer, account: Account) -> None:
    await store.set_suspended(tx, account.id, None)
    await audit.about_account(tx, moderator, "unsuspend", account, {})
    tx.emit(AccountSanctioned(account_id=account.id))


async def _suspend(tx: Tx, account: Account, now: dt.datetime) -> None:
    await store.set_suspended(tx, account.id, account.suspended_at or now)
    for token_id in await tokens.set_revoked_of(tx, account.id, app_id=None, spare=None):
        tx.emit(TokenRevoked(token_id=token_id, account_id=account.id))


async def _check_rank(tx: Tx, moderator: Viewer, account: Account) -> None:
    """Nobody sanctions those above them, their equals or themselves."""
    person = (await store.people(tx, [account.id])).get(account.id)
    if account.id == moderator.id or (person is not None and Role(person.role).rank >= moderator.role.rank):
        raise NotAllowed
