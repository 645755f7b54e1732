"""Showing people on one's profile."""

from chassis.db import Tx
from contracts.ids import AccountId
from social.endorsements import store
from social.errors import ValidationFailed


async def endorse(tx: Tx, account_id: AccountId, target_id: AccountId) -> None:
    if not await store.add(tx, account_id, target_id):
        raise ValidationFailed("You must be already following the person you want to endorse")


async def unendorse(tx: Tx, account_id: AccountId, target_id: AccountId) -> None:
    await store.remove(tx, account_id, target_id)
