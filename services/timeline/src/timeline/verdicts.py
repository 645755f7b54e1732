"""What becomes of a notification, as its receiver wishes. Pure."""

import datetime as dt
from enum import Enum
from typing import Final

import msgspec

from contracts.ids import AccountId
from social.users.model import Role

ACCEPT: Final = "accept"
FILTER: Final = "filter"
DROP: Final = "drop"

NEW_ACCOUNT: Final = dt.timedelta(days=30)
NEW_FOLLOWER: Final = dt.timedelta(days=3)

FILTERABLE: Final = frozenset({"mention", "reblog", "follow", "follow_request", "favourite", "quote"})
"""What anybody can cause. The rest was asked for, or concerns the receiver's own."""


class Verdict(Enum):
    ACCEPT = ACCEPT
    FILTER = FILTER
    DROP = DROP


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's policy for notifications: `accept`, `filter` or `drop` for each kind of sender."""

    for_not_following: str = ACCEPT
    for_not_followers: str = ACCEPT
    for_new_accounts: str = ACCEPT
    for_private_mentions: str = FILTER
    for_limited_accounts: str = FILTER
    for_bots: str = ACCEPT


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """How a receiver stands to the sender of a notification."""

    account_id: AccountId
    role: Role
    wishes: Wishes
    unwelcome: bool
    """Blocked, muted, of a server or in a conversation that the receiver does not want to hear of."""
    permitted: bool
    follows: bool
    followed_since: dt.datetime | None
    answered: bool
    """Whether the receiver wrote to the sender in private, further up in the thread."""


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    created_at: dt.datetime
    is_bot: bool
    is_limited: bool
    role: Role | None
    """None if they are not of this server."""


def decide(kind: str, sender: Sender, facts: Facts, *, in_private: bool, now: dt.datetime) -> Verdict:
    """As Mastodon: whoever runs the server is heard, so is who was let in once; the strictest wish wins."""
    if facts.unwelcome:
        return Verdict.DROP
    if kind not in FILTERABLE or facts.permitted or (kind == "mention" and _is_staff(sender, facts)):
        return Verdict.ACCEPT
    wishes = _applying(sender, facts, in_private=in_private, now=now)
    return Verdict.DROP if DROP in wishes else Verdict.FILTER if FILTER in wishes else Verdict.ACCEPT


def _applying(sender: Sender, facts: Facts, *, in_private: bool, now: dt.datetime) -> set[str]:
    wishes, stranger = facts.wishes, not facts.follows
    is_new_follower = facts.followed_since is None or now - facts.followed_since < NEW_FOLLOWER
    is_new = now - sender.created_at < NEW_ACCOUNT
    return {
        wish
        for wish, applies in (
            (wishes.for_not_following, stranger),
            (wishes.for_not_followers, is_new_follower),
            (wishes.for_new_accounts, stranger and is_new),
            (wishes.for_private_mentions, stranger and in_private and not facts.answered),
            (wishes.for_limited_accounts, stranger and sender.is_limited),
            (wishes.for_bots, stranger and sender.is_bot),
        )
        if applies
    }


def _is_staff(sender: Sender, facts: Facts) -> bool:
    return sender.role is not None and sender.role.rank > facts.role.rank
