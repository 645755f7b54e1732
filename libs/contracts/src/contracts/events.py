"""The event catalogue: everything that one service tells the others.

Events are facts in the past tense. They carry identifiers, not copies of rows: a consumer that needs
more reads it from `social`, so an event that comes late, twice or out of order does no harm. Where the
row is gone once the event is out (a deletion, an undo), the event carries what consumers could no
longer look up. A field may be added with a default; nothing is renamed or removed while a queue can
still hold it: `tests/contracts/golden` keeps every shape ever published.
"""

import datetime as dt

import msgspec

from contracts.ids import (
    AccountId,
    AnnouncementId,
    Domain,
    ListId,
    MediaId,
    PollId,
    QuoteId,
    ReportId,
    SeveranceId,
    StatusId,
    TagId,
    TokenId,
    Uri,
)


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact. The tag is its name on the wire and its routing key."""


class StatusCreated(Event, frozen=True, tag="status.created"):
    """Somebody posted or boosted. A boost is a status with `reblog_of_id`."""

    status_id: StatusId
    account_id: AccountId
    is_local: bool


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


class FollowRequested(Event, frozen=True, tag="follow.requested"):
    """`account_id` asked to follow `target_id`, who has to agree: a locked or a remote account."""

    account_id: AccountId
    target_id: AccountId
    uri: Uri


class FollowAccepted(Event, frozen=True, tag="follow.accepted"):
    """`account_id` follows `target_id` from now on."""

    account_id: AccountId
    target_id: AccountId
    uri: Uri


class FollowRemoved(Event, frozen=True, tag="follow.removed"):
    """A follow or a request for one is gone.

    `by_target` is true when the followed refused or removed the follower (a Reject), false when the
    follower left (an Undo).
    """

    account_id: AccountId
    target_id: AccountId
    uri: Uri
    by_target: bool = False


class AccountCreated(Event, frozen=True, tag="account.created"):
    """A local account was made, or a remote one was seen for the first time."""

    account_id: AccountId
    is_local: bool


class AccountUpdated(Event, frozen=True, tag="account.updated"):
    """A profile changed."""

    account_id: AccountId
    is_local: bool


class AccountMoved(Event, frozen=True, tag="account.moved"):
    """An account named its successor, and the successor agreed."""

    account_id: AccountId
    target_id: AccountId


class AccountDeleted(Event, frozen=True, tag="account.deleted"):
    """An account and all that it posted is gone."""

    account_id: AccountId
    is_local: bool
    uri: Uri


class AccountSanctioned(Event, frozen=True, tag="account.sanctioned"):
    """A moderator silenced or suspended an account, or took that back."""

    account_id: AccountId


class BlockCreated(Event, frozen=True, tag="block.created"):
    """`account_id` blocks `target_id`; follows in both directions are cut."""

    account_id: AccountId
    target_id: AccountId
    uri: Uri


class BlockRemoved(Event, frozen=True, tag="block.removed"):
    account_id: AccountId
    target_id: AccountId
    uri: Uri


class MuteCreated(Event, frozen=True, tag="mute.created"):
    """`account_id`, who is local, does not want to see `target_id` for a while."""

    account_id: AccountId
    target_id: AccountId


class RelationshipsSevered(Event, frozen=True, tag="relationships.severed"):
    """One decision cut the follows between `account_id` and many others: a block of the whole server `target_name`."""

    severance_id: SeveranceId
    account_id: AccountId
    kind: str
    target_name: str
    followers: int
    following: int


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


class ListChanged(Event, frozen=True, tag="list.changed"):
    """Somebody's list was made anew in its rules: which replies it shows, whether it empties home."""

    list_id: ListId
    account_id: AccountId


class ListDeleted(Event, frozen=True, tag="list.deleted"):
    """A list of `account_id`'s is gone; these people were on it, `exclusive` kept them out of home."""

    list_id: ListId
    account_id: AccountId
    exclusive: bool
    members: tuple[AccountId, ...] = ()


class ListMembersAdded(Event, frozen=True, tag="list.members_added"):
    """`account_id`, who owns the list, put these people on it."""

    list_id: ListId
    account_id: AccountId
    members: tuple[AccountId, ...]


class ListMembersRemoved(Event, frozen=True, tag="list.members_removed"):
    """These people are off the list of `account_id`'s, be it by unfollowing them."""

    list_id: ListId
    account_id: AccountId
    members: tuple[AccountId, ...]


class TagFollowed(Event, frozen=True, tag="tag.followed"):
    """`account_id`, who is local, wants public posts with the tag at home."""

    account_id: AccountId
    tag_id: TagId


class TagUnfollowed(Event, frozen=True, tag="tag.unfollowed"):
    account_id: AccountId
    tag_id: TagId


class FiltersChanged(Event, frozen=True, tag="filters.changed"):
    """What `account_id`, who is local, filters has changed."""

    account_id: AccountId


class AnnouncementPublished(Event, frozen=True, tag="announcement.published"):
    """Those who run the server tell everybody something."""

    announcement_id: AnnouncementId


class AnnouncementReacted(Event, frozen=True, tag="announcement.reacted"):
    """One of ours reacted to an announcement with this emoji, or took that back."""

    announcement_id: AnnouncementId
    name: str


class AnnouncementRemoved(Event, frozen=True, tag="announcement.removed"):
    """An announcement is over or was taken back."""

    announcement_id: AnnouncementId


class MediaProcessed(Event, frozen=True, tag="media.processed"):
    """An upload has its thumbnail, its measures and its blurhash, or has failed for good."""

    media_id: MediaId
    account_id: AccountId


class ReportFiled(Event, frozen=True, tag="report.filed"):
    """One of our users, or another server, reports an account."""

    report_id: ReportId
    forward: bool = False


class PolicyChanged(Event, frozen=True, tag="policy.changed"):
    """What we allow a domain to do has changed: every cache of domain policies is stale."""

    domain: Domain


class TokenRevoked(Event, frozen=True, tag="token.revoked"):
    """An access token is worth nothing any more: open streams of its bearer close."""

    token_id: TokenId
    account_id: AccountId | None = None


AnyEvent = (
    StatusCreated
    | StatusEdited
    | StatusDeleted
    | StatusFavourited
    | StatusUnfavourited
    | StatusPolicyChanged
    | QuoteAsked
    | QuoteSettled
    | QuoteAnswered
    | FollowRequested
    | FollowAccepted
    | FollowRemoved
    | AccountCreated
    | AccountUpdated
    | AccountMoved
    | AccountDeleted
    | AccountSanctioned
    | BlockCreated
    | BlockRemoved
    | MuteCreated
    | RelationshipsSevered
    | PollVoted
    | PollTallied
    | PollClosed
    | ListChanged
    | ListDeleted
    | ListMembersAdded
    | ListMembersRemoved
    | TagFollowed
    | TagUnfollowed
    | FiltersChanged
    | AnnouncementPublished
    | AnnouncementReacted
    | AnnouncementRemoved
    | MediaProcessed
    | ReportFiled
    | PolicyChanged
    | TokenRevoked
)


def topic_of(message: type[msgspec.Struct] | msgspec.Struct) -> str:
    """Name the message as the bus does: its tag, e.g. `status.created`."""
    kind = message if isinstance(message, type) else type(message)
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag
