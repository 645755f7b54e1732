"""How accounts of ours come to be."""

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from apcore.keys import KeyPair, generate_ed25519
from chassis.db import Tx
from contracts.events import AccountCreated, AccountKeysRotated, AccountUpdated
from contracts.ids import AccountId, EmojiId
from social.accounts import signing, store
from social.accounts.model import INSTANCE_ACTOR, Account
from social.addresses import Addresses
from social.errors import ValidationFailed
from social.users import store as users
from social.users.model import Joining, Role

USERNAME = re.compile(r"[a-z0-9_]{1,30}", re.IGNORECASE | re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


async def create_local(
    tx: Tx,
    addresses: Addresses,
    *,
    username: str,
    email: str,
    password_hash: str,
    keys: KeyPair,
    role: Role = Role.USER,
    confirmed_at: dt.datetime | None = None,
    joining: Joining | None = None,
) -> Account:
    """Make an account, its keys, and the person who signs in to it."""
    check_username(username)
    check_email(email)
    account_id = await store.new_id(tx)
    account = await _add(tx, addresses, account_id, username, keys)
    if account is None:
        raise ValidationFailed("Username has already been taken")
    if not await users.add(
        tx,
        account_id=account_id,
        email=email,
        password_hash=password_hash,
        role=role,
        confirmed_at=confirmed_at,
        joining=joining or Joining(),
    ):
        raise ValidationFailed("E-mail address has already been taken")
    tx.emit(AccountCreated(account_id=account_id, is_local=True))
    return account


async def update_profile(tx: Tx, account: Account, emoji_ids: Sequence[EmojiId]) -> None:
    """Store the profile of an account of ours as it stands in `account`, and tell everybody."""
    await store.set_profile(tx, account, emoji_ids=emoji_ids)
    tx.emit(AccountUpdated(account_id=account.id, is_local=True))


async def ensure_instance_actor(tx: Tx, addresses: Addresses, keys: KeyPair) -> Account:
    """Make the server's own actor if it is not there yet. The keys given are used only then."""
    further = generate_ed25519()
    made = await store.add_local(
        tx,
        account_id=INSTANCE_ACTOR,
        username=urlsplit(f"//{addresses.domain}").hostname or addresses.domain,
        uri=addresses.instance_actor,
        url=addresses.url,
        actor_type="Application",
        shared_inbox_url=addresses.shared_inbox,
        public_key_pem=keys.public_pem,
        multikey=further.multikey,
    )
    if made:
        await store.add_private_key(tx, INSTANCE_ACTOR, keys.private_pem, further.private_pem)
    actor = made or await store.by_id(tx, INSTANCE_ACTOR)
    assert actor is not None
    return actor


async def rotate_keys(tx: Tx, account: Account, keys: KeyPair) -> None:
    """Sign with other keys from now on. Their ids stay: who has the old ones asks again when a signature fails."""
    further = generate_ed25519()
    multikeys = [{"id": f"{account.uri}{store.ED25519_FRAGMENT}", "multibase": further.multikey}]
    await signing.set_private_keys(tx, account.id, keys.private_pem, further.private_pem)
    await signing.set_public_keys(tx, account.id, keys.public_pem, multikeys)
    tx.emit(AccountKeysRotated(account_id=account.id))


async def _add(tx: Tx, addresses: Addresses, account_id: AccountId, username: str, keys: KeyPair) -> Account | None:
    further = generate_ed25519()
    account = await store.add_local(
        tx,
        account_id=account_id,
        username=username,
        uri=addresses.account(account_id),
        url=addresses.profile_page(username),
        actor_type="Person",
        shared_inbox_url=addresses.shared_inbox,
        public_key_pem=keys.public_pem,
        multikey=further.multikey,
    )
    if account:
        await store.add_private_key(tx, account_id, keys.private_pem, further.private_pem)
    return account


def check_username(username: str) -> None:
    if not USERNAME.fullmatch(username):
        raise ValidationFailed("Username must contain only letters, numbers and underscores, at most 30")


def check_email(email: str) -> None:
    if len(email) > 320 or not EMAIL.fullmatch(email):
        raise ValidationFailed("E-mail address is invalid")
