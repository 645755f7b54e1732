"""What changes for a person who signs in here."""

from chassis.db import Tx
from contracts.events import AccountUpdated, TokenRevoked
from contracts.ids import AccountId, TokenId
from social.errors import ValidationFailed
from social.oauth import store as oauth
from social.users import passwords, store
from social.users.model import Role


async def give_role(tx: Tx, account_id: AccountId, role: Role) -> bool:
    """False if nobody signs in to that account."""
    return await store.set_role(tx, account_id, role)


async def approve(tx: Tx, account_id: AccountId) -> bool:
    """Let somebody in; False if they do not wait. What was remembered of them is told to be old."""
    if not await store.set_approved(tx, account_id):
        return False
    tx.emit(AccountUpdated(account_id=account_id, is_local=True))
    return True


async def reject(tx: Tx, account_id: AccountId) -> bool:
    """Turn somebody away before anybody knew them; False if they do not wait."""
    return await store.remove_waiting(tx, account_id)


async def change_password(tx: Tx, account_id: AccountId, password_hash: str, *, spare: TokenId | None = None) -> None:
    """Sign-ins and tokens from before are worth nothing afterwards, but for the spared one."""
    await store.set_password(tx, account_id, password_hash)
    for token_id in await oauth.set_revoked_of(tx, account_id, app_id=None, spare=spare):
        tx.emit(TokenRevoked(token_id=token_id, account_id=account_id))


def check_password(password: str) -> None:
    """Refuse a password that nobody should have."""
    if len(password) < passwords.SHORTEST:
        raise ValidationFailed(f"Password is too short (minimum is {passwords.SHORTEST} characters)")
    if len(password) > passwords.LONGEST:
        raise ValidationFailed(f"Password is too long (maximum is {passwords.LONGEST} characters)")
