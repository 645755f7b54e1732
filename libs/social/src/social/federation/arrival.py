"""The circumstances in which an activity arrived."""

import datetime as dt

import msgspec

from contracts.ids import AccountId
from social.addresses import Addresses
from social.policies.model import Policies

NO_POLICIES = Policies()
OLDEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    addresses: Addresses
    at: dt.datetime
    """When it was received. Work that is repeated or late still knows the moment."""
    inbox_of: AccountId | None = None
    """Whose personal inbox it came to; None for the shared one."""
    policies: Policies = NO_POLICIES
    """What other servers may do here."""
    is_relayed: bool = False
    """Whether a relay that we joined brought it."""
    takes_media: bool = True
    """Whether the policy for its author's server lets pictures in."""
    is_news: bool = True
    """Whether anybody shall be told of it, beside finding it in its place."""


def plausible(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """Nothing is from the future, and nothing older than the network."""
    return min(max(moment or now, OLDEST), now)
