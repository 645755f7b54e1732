"""The event catalogue: everything that one service tells the others.

Events are facts in the past tense. They carry identifiers, not copies of rows: a consumer that needs
more reads it from `social`, so an event that comes late, twice or out of order does no harm. Where the
row is gone once the event is out (a deletion, an undo), the event carries what consumers could no
longer look up. A field may be added with a default; nothing is renamed or removed while a queue can
still hold it: `tests/contracts/golden` keeps every shape ever published.
"""

from contracts.events.accounts import (
    AccountCreated,
    AccountDeleted,
    AccountKeysRotated,
    AccountMoved,
    AccountSanctioned,
    AccountUpdated,
    TokenRevoked,
)
from contracts.events.curation import (
    FiltersChanged,
    ListChanged,
    ListDeleted,
    ListMembersAdded,
    ListMembersRemoved,
    TagFeatured,
    TagFollowed,
    TagUnfeatured,
    TagUnfollowed,
)
from contracts.events.event import Event, topic_of
from contracts.events.relationships import (
    BlockCreated,
    BlockRemoved,
    FollowAccepted,
    FollowRemoved,
    FollowRequested,
    MuteCreated,
    RelationshipsSevered,
)
from contracts.events.server import (
    ActivityArrived,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    MediaProcessed,
    PolicyChanged,
    RelayJoined,
    RelayLeft,
    ReportFiled,
)
from contracts.events.statuses import (
    PollClosed,
    PollTallied,
    PollVoted,
    QuoteAnswered,
    QuoteAsked,
    QuoteSettled,
    StatusCreated,
    StatusDeleted,
    StatusEdited,
    StatusFavourited,
    StatusFetched,
    StatusPinned,
    StatusPolicyChanged,
    StatusUnfavourited,
    StatusUnpinned,
    ThreadOpened,
)

AnyEvent = (
    StatusCreated
    | StatusEdited
    | StatusDeleted
    | StatusFavourited
    | StatusUnfavourited
    | StatusPolicyChanged
    | StatusFetched
    | StatusPinned
    | StatusUnpinned
    | ThreadOpened
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
    | AccountKeysRotated
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
    | TagFeatured
    | TagUnfeatured
    | FiltersChanged
    | ActivityArrived
    | AnnouncementPublished
    | AnnouncementReacted
    | AnnouncementRemoved
    | MediaProcessed
    | ReportFiled
    | PolicyChanged
    | RelayJoined
    | RelayLeft
    | TokenRevoked
)

__all__ = [
    "AccountCreated",
    "AccountDeleted",
    "AccountKeysRotated",
    "AccountMoved",
    "AccountSanctioned",
    "AccountUpdated",
    "ActivityArrived",
    "AnnouncementPublished",
    "AnnouncementReacted",
    "AnnouncementRemoved",
    "AnyEvent",
    "BlockCreated",
    "BlockRemoved",
    "Event",
    "FiltersChanged",
    "FollowAccepted",
    "FollowRemoved",
    "FollowRequested",
    "ListChanged",
    "ListDeleted",
    "ListMembersAdded",
    "ListMembersRemoved",
    "MediaProcessed",
    "MuteCreated",
    "PolicyChanged",
    "PollClosed",
    "PollTallied",
    "PollVoted",
    "QuoteAnswered",
    "QuoteAsked",
    "QuoteSettled",
    "RelationshipsSevered",
    "RelayJoined",
    "RelayLeft",
    "ReportFiled",
    "StatusCreated",
    "StatusDeleted",
    "StatusEdited",
    "StatusFavourited",
    "StatusFetched",
    "StatusPinned",
    "StatusPolicyChanged",
    "StatusUnfavourited",
    "StatusUnpinned",
    "TagFeatured",
    "TagFollowed",
    "TagUnfeatured",
    "TagUnfollowed",
    "ThreadOpened",
    "TokenRevoked",
    "topic_of",
]
