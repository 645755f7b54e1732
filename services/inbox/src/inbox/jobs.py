"""Work that inbox leaves to itself."""

import datetime as dt
from typing import Any

from apcore.collections import Listed
from apcore.synchronization import Claim
from contracts.ids import AccountId, StatusId, Uri, WalkId
from contracts.jobs import Job


class Received(Job, frozen=True, kw_only=True):
    """A verified activity. `document` names as its actor whoever signed the request."""

    document: dict[str, Any]
    received_at: dt.datetime
    inbox_of: AccountId | None = None
    has_new_key: bool = False
    """Whether the key that verified it is not the one we have on record."""
    brought_by: Uri | None = None
    """Who delivered it, if not its author."""
    followers: Claim | None = None
    """What its author's server signed of their followers here."""
    original: str | None = None
    """As it came, where others may be able to believe it too."""


class ReceivedForUs(Received, frozen=True, kw_only=True, tag="inbox.received_for_us"):
    """One that concerns people here: a reply, a mention, a follow, a personal inbox."""


class ReceivedAtLarge(Received, frozen=True, kw_only=True, tag="inbox.received_at_large"):
    """Any other: what the followed say to everybody."""


class VerifyLater(Job, frozen=True, kw_only=True, tag="inbox.verify_later"):
    """Verify a request whose signer's key did not come in time."""

    waiting_id: int


class Refetch(Job, frozen=True, kw_only=True, tag="inbox.refetch"):
    """Ask an object's own server what became of it: somebody brought word of it that nobody proved."""

    kind: str
    object: Uri
    actor: Uri
    received_at: dt.datetime
    brought_by: Uri | None = None


class FetchStatus(Job, frozen=True, kw_only=True, tag="inbox.fetch_status"):
    """Fetch a post that something here replies to; `height` is how far up the thread it lies."""

    uri: Uri
    height: int = 1
    room: int = 0
    """How many more may be fetched of what answers it."""
    asked_at: dt.datetime


class LearnReplies(Job, frozen=True, kw_only=True, tag="inbox.learn_replies"):
    """Fetch the first answers that a post's own server names, and what answers these: no more than `room` in all."""

    uri: Uri
    answers: Listed
    room: int


class WalkThread(Job, frozen=True, kw_only=True, tag="inbox.walk_thread"):
    """Go on with a walk through a thread."""

    walk_id: WalkId


class RefreshActor(Job, frozen=True, kw_only=True, tag="inbox.refresh_actor"):
    """Fetch a profile again, if it is old; or `anyway`."""

    uri: Uri
    anyway: bool = False


class FollowAnew(Job, frozen=True, kw_only=True, tag="inbox.follow_anew"):
    """Ask an account again for all of ours who follow it: its server began anew."""

    uri: Uri


class CountActor(Job, frozen=True, kw_only=True, tag="inbox.count_actor"):
    """Learn from an actor's collections how many posts, followers and followed it has."""

    uri: Uri


class LearnFeatured(Job, frozen=True, kw_only=True, tag="inbox.learn_featured"):
    """Read which posts and hashtags an actor shows at the head of its profile."""

    uri: Uri


class LearnFetcher(Job, frozen=True, kw_only=True, tag="inbox.learn_fetcher"):
    """Get to know whose key signed for posts of ours, as far as nobody of that server is known here."""

    key_id: str
    statuses: tuple[StatusId, ...]
    asked_at: dt.datetime


class LearnSuccessor(Job, frozen=True, kw_only=True, tag="inbox.learn_successor"):
    """Find out whether the account that a profile calls its successor agrees."""

    uri: Uri
    successor: Uri


class ReadOutbox(Job, frozen=True, kw_only=True, tag="inbox.read_outbox"):
    """Read what somebody posted before `asked_at`: lately, or `since` we were away."""

    uri: Uri
    asked_at: dt.datetime
    since: dt.datetime | None = None


class SynchronizeFollowers(Job, frozen=True, kw_only=True, tag="inbox.synchronize_followers"):
    """Ask an actor's server who of our people follows it: it has others in mind than we."""

    uri: Uri
    claim: Claim
