"""What happens between accounts."""

from contracts.events.event import Event
from contracts.ids import AccountId, SeveranceId, Uri


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
