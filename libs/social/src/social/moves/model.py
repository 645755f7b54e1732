"""What follows an account that moves."""

import datetime as dt

import msgspec

from contracts.ids import AccountId


class Muted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who does not want to see the account, and how."""

    id: int
    account_id: AccountId
    hide_notifications: bool
    expires_at: dt.datetime | None
