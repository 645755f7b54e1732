"""Our people's keys, in whose names we speak."""

from apcore import keys
from apcore.fetch import Signer
from chassis.db import Reader
from contracts.ids import AccountId
from delivery.resources import Resources
from social.accounts import store as accounts


async def signer_of(res: Resources, db: Reader, account_id: AccountId) -> Signer | None:
    """The account's key, parsed. None once the account is gone."""
    return await res.senders.get(account_id, lambda: _signer(db, account_id))


async def _signer(db: Reader, account_id: AccountId) -> Signer | None:
    account = await accounts.by_id(db, account_id)
    pem = await accounts.private_key_of(db, account_id)
    if account is None or account.public_key_id is None or pem is None:
        return None
    return Signer(key_id=account.public_key_id, key=keys.load_private(pem))
