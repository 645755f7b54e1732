"""What is between one person and a server."""

import msgspec

from contracts.ids import AccountId, Uri


class Tie(msgspec.Struct, frozen=True):
    """A follow or a request for one that was cut."""

    account_id: AccountId
    target_id: AccountId
    uri: Uri


class Ties(msgspec.Struct, frozen=True):
    """How many there follow the account, and how many of them it follows."""

    following: int
    followers: int
