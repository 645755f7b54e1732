"""The circumstances in which an activity arrived."""

import datetime as dt

import msgspec

from contracts.ids import AccountId
from social.addresses import Addresses


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    addresses: Addresses
    at: dt.datetime
    """When it was received. Work that is repeated or late still knows the moment."""
    inbox_of: AccountId | None = None
    """Whose personal inbox it came to; None for the shared one."""
    takes_media: bool = True
    """Whether the policy for its author's server lets pictures in."""
