"""People and their posts for tests, made by the same actions that make real ones."""

import datetime as dt
import itertools

from apcore import keys
from chassis.db import Database, Tx
from contracts.ids import Domain, Uri
from social.accounts import store as accounts
from social.accounts.model import Account, RemoteProfile
from social.addresses import Addresses
from social.statuses import actions
from social.statuses.model import PUBLIC, Draft, Status

ADDRESSES = Addresses("https://ours.test", "ours.test")
NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)

_numbers = itertools.count(1)


async def a_local_account(
    tx: Tx, username: str, *, addresses: Addresses = ADDRESSES, pair: keys.KeyPair | None = None
) -> Account:
    """An account of ours with a key pair, without a user who could sign in."""
    account_id = await accounts.new_id(tx)
    pair = pair or keys.generate()
    account = await accounts.add_local(
        tx,
        account_id=account_id,
        username=username,
        uri=addresses.account(account_id),
        url=addresses.profile_page(username),
        actor_type="Person",
        shared_inbox_url=addresses.shared_inbox,
        public_key_pem=pair.public_pem,
    )
    assert account is not None
    await accounts.add_private_key(tx, account_id, pair.private_pem)
    return account


def a_remote_profile(handle: str, **changes: object) -> RemoteProfile:
    """What a remote server would say of `name@host`."""
    username, host = handle.split("@")
    uri = f"https://{host}/users/{username}"
    fields: dict[str, object] = {
        "username": username,
        "domain": Domain(host),
        "uri": Uri(uri),
        "url": f"https://{host}/@{username}",
        "actor_type": "Person",
        "inbox_url": f"{uri}/inbox",
        "shared_inbox_url": f"https://{host}/inbox",
        "outbox_url": f"{uri}/outbox",
        "followers_url": f"{uri}/followers",
        "following_url": f"{uri}/following",
        "featured_url": None,
        "display_name": username.title(),
        "note": "",
        "fields": [],
        "avatar_remote_url": None,
        "avatar_description": "",
        "header_remote_url": None,
        "header_description": "",
        "locked": False,
        "discoverable": None,
        "indexable": False,
        "hide_collections": None,
        "memorial": False,
        "attribution_domains": [],
        "also_known_as": [],
        "emoji_ids": [],
        "public_key_id": f"{uri}#main-key",
        "public_key_pem": None,
        "created_at": NOW,
    }
    return RemoteProfile(**(fields | changes))


async def a_remote_account(tx: Tx, handle: str, **changes: object) -> Account:
    account, _ = await accounts.set_remote(tx, a_remote_profile(handle, **changes), NOW)
    return account


async def a_post(tx: Tx, author: Account, text: str = "Hello", **changes: object) -> Status:
    """A status by a local or a remote author; `changes` are fields of Draft."""
    fields: dict[str, object] = {"content": f"<p>{text}</p>", "text": text, "visibility": PUBLIC, "created_at": NOW}
    if not author.is_local:
        fields |= {"uri": Uri(f"{author.uri}/statuses/{next(_numbers)}"), "text": ""}
    status = await actions.post(tx, ADDRESSES, author, Draft(**(fields | changes)))
    assert status is not None
    return status


async def local_accounts(db: Database, *names: str) -> list[Account]:
    async with db.transaction() as tx:
        return [await a_local_account(tx, name) for name in names]


async def remote_accounts(db: Database, *handles: str) -> list[Account]:
    async with db.transaction() as tx:
        return [await a_remote_account(tx, handle) for handle in handles]
