"""How people arrange what they read."""

import datetime as dt

from contracts.events.event import Event
from contracts.ids import AccountId, ListId, TagId


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


class TagFeatured(Event, frozen=True, tag="tag.featured"):
    """`account_id`, who is local, shows the hashtag on their profile, spelled so."""

    account_id: AccountId
    name: str
    featured_at: dt.datetime


class TagUnfeatured(Event, frozen=True, tag="tag.unfeatured"):
    """The hashtag stands there no more."""

    account_id: AccountId
    name: str
    unfeatured_at: dt.datetime


class FiltersChanged(Event, frozen=True, tag="filters.changed"):
    """What `account_id`, who is local, filters has changed."""

    account_id: AccountId
