"""Typed identifiers: an AccountId is never passed where a StatusId is expected."""

from typing import NewType

AccountId = NewType("AccountId", int)
StatusId = NewType("StatusId", int)
MediaId = NewType("MediaId", int)
TagId = NewType("TagId", int)
EmojiId = NewType("EmojiId", int)
FeaturedTagId = NewType("FeaturedTagId", int)
FilterId = NewType("FilterId", int)
FilterKeywordId = NewType("FilterKeywordId", int)
FilterStatusId = NewType("FilterStatusId", int)
FavouriteId = NewType("FavouriteId", int)
BookmarkId = NewType("BookmarkId", int)
FollowId = NewType("FollowId", int)
NotificationId = NewType("NotificationId", int)
QuoteId = NewType("QuoteId", int)
ReportId = NewType("ReportId", int)
SeveranceId = NewType("SeveranceId", int)
AnnouncementId = NewType("AnnouncementId", int)
PollId = NewType("PollId", int)
ScheduledId = NewType("ScheduledId", int)
AppId = NewType("AppId", int)
TokenId = NewType("TokenId", int)
SubscriptionId = NewType("SubscriptionId", int)
ListId = NewType("ListId", int)
CardId = NewType("CardId", int)
RelayId = NewType("RelayId", int)

WalkId = NewType("WalkId", str)
"""Of a walk through a thread: clients ask by it how far that is."""

Uri = NewType("Uri", str)
"""The identity of an actor, object or activity on the network: an absolute http(s) URL."""

Domain = NewType("Domain", str)
"""A server's name as handles spell it: lower case, IDNA, with a port if it is not the usual one."""
