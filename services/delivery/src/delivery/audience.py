"""For whom something is that one of our people said: pure, and exact for every visibility."""

from collections.abc import Sequence

import msgspec

from contracts.ids import AccountId
from social.accounts.model import Account
from social.statuses.model import DIRECT, LIMITED, OPEN, Status


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    followers_of: tuple[AccountId, ...] = ()
    people: tuple[AccountId, ...] = ()
    only_followers_of: AccountId | None = None
    """Of the people only those who follow this account."""


def of_post(
    author: Account, status: Status, mentioned: Sequence[AccountId], quoted: AccountId | None = None
) -> Audience:
    """Followers as far as it is for them, whoever is mentioned, and who is replied to or quoted if anybody may read it.

    An open reply to one of our own goes to their followers too, who see the thread there.
    """
    # A silenced author reaches nobody who did not ask for it.
    limit = author.id if author.silenced_at else None
    if status.visibility in (DIRECT, LIMITED):
        return Audience(people=tuple(mentioned), only_followers_of=limit)
    if status.visibility not in OPEN:
        return Audience(followers_of=(author.id,), people=tuple(mentioned), only_followers_of=limit)
    parent = status.in_reply_to_account_id
    mentioned = (*mentioned, *([quoted] if quoted is not None else []))
    if parent is None:
        return Audience(followers_of=(author.id,), people=tuple(mentioned), only_followers_of=limit)
    return Audience(followers_of=(author.id, parent), people=(*mentioned, parent), only_followers_of=limit)


def of_boost(booster: Account, boost: Status, original: Status) -> Audience:
    """The booster's followers, and who wrote what is boosted."""
    if boost.visibility in (DIRECT, LIMITED):
        return Audience(people=(original.account_id,))
    return Audience(followers_of=(booster.id,), people=(original.account_id,))
