"""What a scope means, for the person who is asked."""

from collections.abc import Iterable, Mapping

import msgspec

from mastoapi.scopes import covers

WORDS: Mapping[str, str] = {
    "profile": "See who you are: your name, handle and picture",
    "read": "Read everything you can read",
    "read:accounts": "See accounts and your own profile",
    "read:blocks": "See whom you block",
    "read:bookmarks": "See your bookmarks",
    "read:collections": "See your collections",
    "read:favourites": "See your favourites",
    "read:filters": "See your filters",
    "read:follows": "See whom you follow",
    "read:lists": "See your lists",
    "read:mutes": "See whom you mute",
    "read:notifications": "See your notifications",
    "read:search": "Search on your behalf",
    "read:statuses": "See all posts that you can see",
    "write": "Change everything you can change, and post as you",
    "write:accounts": "Change your profile",
    "write:blocks": "Block and unblock accounts and domains",
    "write:bookmarks": "Bookmark posts",
    "write:collections": "Change your collections",
    "write:conversations": "Mute and delete conversations",
    "write:favourites": "Favourite posts",
    "write:filters": "Change your filters",
    "write:follows": "Follow and unfollow people",
    "write:lists": "Change your lists",
    "write:media": "Upload media",
    "write:mutes": "Mute people and conversations",
    "write:notifications": "Clear your notifications",
    "write:reports": "Report people to the moderators",
    "write:statuses": "Post, edit and delete in your name",
    "follow": "Follow, mute and block people for you",
    "push": "Send you push notifications",
    "admin:read": "Read all data on this server",
    "admin:read:accounts": "Read sensitive facts about all accounts",
    "admin:read:reports": "Read all reports and who is reported",
    "admin:read:domain_allows": "Read which domains are allowed",
    "admin:read:domain_blocks": "Read which domains are blocked",
    "admin:read:ip_blocks": "Read which addresses are blocked",
    "admin:read:email_domain_blocks": "Read which e-mail domains are blocked",
    "admin:read:canonical_email_blocks": "Read which e-mail addresses are blocked",
    "admin:write": "Change all data on this server",
    "admin:write:accounts": "Moderate accounts",
    "admin:write:reports": "Decide on reports",
    "admin:write:domain_allows": "Change which domains are allowed",
    "admin:write:domain_blocks": "Change which domains are blocked",
    "admin:write:ip_blocks": "Change which addresses are blocked",
    "admin:write:email_domain_blocks": "Change which e-mail domains are blocked",
    "admin:write:canonical_email_blocks": "Change which e-mail addresses are blocked",
}


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the consent page. What reads is told apart from what changes, and from what rules."""

    scope: str
    words: str
    kind: str


def permissions(scopes: Iterable[str]) -> list[Permission]:
    """In plain words, without what a wider one already says."""
    asked = list(scopes)
    return [
        Permission(scope=scope, words=WORDS[scope], kind=_kind(scope))
        for scope in WORDS
        if scope in asked and not covers([other for other in asked if other != scope], scope)
    ]


def _kind(scope: str) -> str:
    if scope.startswith("admin"):
        return "rules"
    if scope == "push":
        return "calls"
    return "changes" if scope.startswith(("write", "follow")) else "reads"
