"""What the server says, and what happens to files and policies."""

from contracts.events.event import Event
from contracts.ids import AccountId, AnnouncementId, Domain, MediaId, RelayId, ReportId, Uri


class ActivityArrived(Event, frozen=True, tag="activity.arrived"):
    """`account_id`, from elsewhere, says something in a thread or of a boost of ours, signed so that others can check.

    `content` is the activity as it came, for servers of the followers of `followers_of`: nobody could make it again.
    """

    account_id: AccountId
    uri: Uri
    about: Uri
    is_deletion: bool
    followers_of: tuple[AccountId, ...]
    content: str


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
    forward_to: tuple[Domain, ...] = ()
    """Whom the reporter chose; the server of the reported, if nobody was."""


class PolicyChanged(Event, frozen=True, tag="policy.changed"):
    """What we allow a domain to do has changed: every cache of domain policies is stale."""

    domain: Domain


class RelayJoined(Event, frozen=True, tag="relay.joined"):
    """We ask a relay to take our public posts, and to bring us those of others."""

    relay_id: RelayId


class RelayLeft(Event, frozen=True, tag="relay.left"):
    """We want no more of a relay. `follow_uri` is the Follow by which we had asked, and `follows` what of."""

    inbox_url: str
    follow_uri: Uri
    follows: Uri
