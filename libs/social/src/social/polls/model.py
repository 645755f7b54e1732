"""What a poll is, and who may still vote in it. Pure."""

import datetime as dt
from collections.abc import Collection, Sequence

import msgspec

from contracts.ids import AccountId, PollId, StatusId

ASKED_EVERY = dt.timedelta(minutes=3)


class PollDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A poll about to be asked, or as another server tells of it, with the numbers it gives."""

    options: tuple[str, ...]
    multiple: bool = False
    hide_totals: bool = False
    expires_at: dt.datetime | None = None
    votes: tuple[int, ...] = ()
    voters: int | None = None


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll and its numbers. Ours are counted by us; those of others by their own server."""

    id: PollId
    status_id: StatusId
    account_id: AccountId
    is_local: bool
    options: list[str]
    multiple: bool
    hide_totals: bool
    expires_at: dt.datetime | None
    closed_at: dt.datetime | None
    """When its end was told to all who took part."""
    fetched_at: dt.datetime | None
    votes: list[int]
    voters: int | None
    """How many people voted; None where their server does not say."""
    tallied_at: dt.datetime | None = None
    """When others were last told of new votes."""

    def is_over(self, now: dt.datetime) -> bool:
        return self.closed_at is not None or (self.expires_at is not None and self.expires_at <= now)

    def shows_totals(self, now: dt.datetime) -> bool:
        return not self.hide_totals or self.is_over(now)


def is_stale(poll: Poll, now: dt.datetime) -> bool:
    """Whether its server, which counts, may know other numbers by now."""
    if poll.is_local:
        return False
    asked = poll.fetched_at
    return asked is None or (now - asked > ASKED_EVERY and (poll.expires_at is None or asked < poll.expires_at))


def is_other(poll: Poll, draft: PollDraft) -> bool:
    """Whether the draft asks something else, so that votes given until now mean nothing any more."""
    return tuple(poll.options) != draft.options or poll.multiple != draft.multiple


def objection(
    poll: Poll, voter: AccountId, choices: Sequence[int], own: Collection[int], now: dt.datetime
) -> str | None:
    """Why these choices do not count, in Mastodon's words; `own` are what the voter chose before."""
    if poll.is_over(now):
        return "The poll has already ended"
    if any(not 0 <= choice < len(poll.options) for choice in choices):
        return "The chosen vote option does not exist"
    if voter == poll.account_id:
        return "You cannot vote in your own polls"
    repeats = len(set(choices)) < len(choices) or any(choice in own for choice in choices)
    if repeats or (not poll.multiple and len(own) + len(choices) > 1):
        return "You have already voted on this poll"
    return None


def with_vote(poll: Poll, choices: Collection[int], *, is_new_voter: bool) -> Poll:
    """The numbers as they are with a vote that is not counted yet."""
    votes = [count + (choice in choices) for choice, count in enumerate(poll.votes)]
    voters = poll.voters + is_new_voter if poll.voters is not None else None
    return msgspec.structs.replace(poll, votes=votes, voters=voters)
