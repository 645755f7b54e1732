"""A list of people, and which of their replies it shows."""

from enum import Enum

import msgspec

from contracts.ids import AccountId, ListId


class RepliesPolicy(Enum):
    """To whom a reply may be that the list shows, besides its author and the list's owner."""

    FOLLOWED = "followed"
    LIST = "list"
    NONE = "none"


class PeopleList(msgspec.Struct, frozen=True, kw_only=True):
    id: ListId
    account_id: AccountId
    title: str
    replies_policy: str
    exclusive: bool
    """Its members' posts are shown here alone, and not at home."""
