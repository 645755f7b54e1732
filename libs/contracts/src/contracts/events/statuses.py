"""What happens to posts, polls and quotes."""

import datetime as dt

from contracts.events.event import Event
from contracts.ids import AccountId, PollId, QuoteId, StatusId, Uri, WalkId


class StatusCreated(Event, frozen=True, tag="status.created"):
    """Somebody posted or boosted. A boost is a status with `reblog_of_id`.

    What is no news was said before anybody here listened: it has its place in feeds, and nobody is told of it.
    """

    status_id: StatusId
    account_id: AccountId
    is_local: bool
    is_news: bool = True


class StatusEdited(Event, frozen=True, tag="status.edited"):
    """The words, warning, media or tags of a status changed."""

    status_id: StatusId
    account_id: AccountId
    is_local: bool


class StatusDeleted(Event, frozen=True, tag="status.deleted"):
    """A status or boost is gone, and its row with it."""

    status_id: StatusId
    account_id: AccountId
    is_local: bool
    uri: Uri
    visibility: str
    mentioned: tuple[AccountId, ...] = ()
    in_reply_to_id: StatusId | None = None
    in_reply_to_account_id: AccountId | None = None
    reblog_of_id: StatusId | None = None
    tags: tuple[str, ...] = ()
    quoted_status_id: StatusId | None = None


class StatusFavourited(Event, frozen=True, tag="status.favourited"):
    """An account favourited a status. `is_local` speaks of the account."""

    status_id: StatusId
    account_id: AccountId
    is_local: bool


class StatusUnfavourited(Event, frozen=True, tag="status.unfavourited"):
    """A favourite was taken back. `uri` is the Like's own id."""

    status_id: StatusId
    account_id: AccountId
    is_local: bool
    uri: Uri


class StatusPolicyChanged(Event, frozen=True, tag="status.policy_changed"):
    """Its author lets other people quote the status than before. No word of it changed."""

    status_id: StatusId
    account_id: AccountId
    is_local: bool
    changed_at: dt.datetime


class StatusPinned(Event, frozen=True, tag="status.pinned"):
    """`account_id`, who is local, shows a post of theirs at the head of their profile."""

    status_id: StatusId
    account_id: AccountId
    uri: Uri
    pinned_at: dt.datetime


class StatusUnpinned(Event, frozen=True, tag="status.unpinned"):
    """It stands there no more."""

    status_id: StatusId
    account_id: AccountId
    uri: Uri
    unpinned_at: dt.datetime


class StatusFetched(Event, frozen=True, tag="status.fetched"):
    """Somebody who signed with a key on `host` was given a local post: there is a copy of it now, as far as we know."""

    status_id: StatusId
    uri: Uri
    host: str


class ThreadOpened(Event, frozen=True, tag="thread.opened"):
    """One of our people reads the thread around a post from elsewhere: its answers are to be looked for."""

    walk_id: WalkId
    status_id: StatusId


class QuoteAsked(Event, frozen=True, tag="quote.asked"):
    """A status quotes another, and it has to be found out whether it may. `is_local` speaks of who quotes."""

    quote_id: QuoteId
    status_id: StatusId
    account_id: AccountId
    is_local: bool


class QuoteSettled(Event, frozen=True, tag="quote.settled"):
    """A quote was accepted, rejected or revoked: `state` says which at that moment, the row what it is now."""

    quote_id: QuoteId
    status_id: StatusId
    account_id: AccountId
    state: str
    quoted_status_id: StatusId | None = None
    quoted_account_id: AccountId | None = None


class QuoteAnswered(Event, frozen=True, tag="quote.answered"):
    """`target_id`, who is local, was asked whether `status_uri` may quote `quoted_uri`: no, without `approval_uri`."""

    account_id: AccountId
    target_id: AccountId
    request_uri: Uri
    status_uri: Uri
    quoted_uri: Uri
    approval_uri: Uri | None = None


class PollVoted(Event, frozen=True, tag="poll.voted"):
    """`account_id` chose one or more answers of a poll. `is_local` speaks of the account."""

    poll_id: PollId
    status_id: StatusId
    account_id: AccountId
    is_local: bool


class PollTallied(Event, frozen=True, tag="poll.tallied"):
    """A poll by `account_id` has other numbers than others were told of: ours after a while, others' as they say."""

    poll_id: PollId
    status_id: StatusId
    account_id: AccountId
    is_local: bool


class PollClosed(Event, frozen=True, tag="poll.closed"):
    """A poll by `account_id` is over, and its numbers are final. Of others' only those in which ours voted."""

    poll_id: PollId
    status_id: StatusId
    account_id: AccountId
    is_local: bool
