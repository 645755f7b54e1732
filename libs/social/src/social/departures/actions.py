"""Leaving for good: nothing stays but a number and a name that nobody gets again.

An account with many posts goes in steps, each a transaction of its own: `shut`, `clear` as often as it finds something,
`delete`. Whoever was interrupted begins again with the first.
"""

import datetime as dt
from typing import Any, Final

from chassis.db import Tx
from contracts.events import AccountDeleted, TokenRevoked
from social.accounts.model import Account
from social.departures import store
from social.errors import NoSuchAccount
from social.oauth import store as oauth
from social.statuses import store as statuses

BLANK: Final[dict[str, Any]] = {
    "display_name": "",
    "note": "",
    "note_source": "",
    "fields": [],
    "fields_source": [],
    "avatar_key": None,
    "avatar_description": "",
    "header_key": None,
    "header_description": "",
    "discoverable": None,
    "indexable": False,
    "attribution_domains": [],
    "moved_to_id": None,
    "also_known_as": [],
    "emoji_ids": [],
}


async def shut(tx: Tx, account: Account, now: dt.datetime) -> None:
    """From now on nobody signs in to it, and nobody sees it."""
    for token_id in await oauth.set_revoked_of(tx, account.id, app_id=None, spare=None):
        tx.emit(TokenRevoked(token_id=token_id, account_id=account.id))
    await store.remove_user(tx, account.id)
    await store.set_shut(tx, account.id, now)


async def clear(tx: Tx, account: Account, limit: int) -> bool:
    """Take away some of its posts; False when there were none left."""
    return await store.remove_statuses(tx, account.id, limit) > 0


async def delete(tx: Tx, account: Account, now: dt.datetime) -> None:
    """Take away all that hangs on it. Its keys stay, for its own Delete is signed with them."""
    await shut(tx, account, now)
    row = await store.row_of(tx, account.id)
    keys = await store.keys_of(tx, account.id)
    if row is None:
        raise NoSuchAccount
    await store.remove(tx, account.id)
    await store.add_remnant(tx, row | BLANK)
    if keys is not None:
        await store.add_keys(tx, keys)
    await statuses.add_tombstone(tx, account.uri, account.uri)
    tx.emit(AccountDeleted(account_id=account.id, is_local=True, uri=account.uri))
