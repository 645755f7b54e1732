"""Statuses, and what hangs on them. What holds statuses has them as JSON already: they are rendered in pieces."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from mastoapi.entities.accounts import Account, Approvers, CustomEmoji


class MediaAttachment(Struct, frozen=True, kw_only=True):
    id: str
    type: str
    url: str | None
    preview_url: str | None
    remote_url: str | None
    preview_remote_url: str | None
    text_url: None = None
    meta: dict[str, Any] | None
    description: str | None
    blurhash: str | None


class StatusApplication(Struct, frozen=True, kw_only=True):
    name: str
    website: str | None


class Mention(Struct, frozen=True, kw_only=True):
    id: str
    username: str
    url: str
    acct: str


class StatusTag(Struct, frozen=True, kw_only=True):
    name: str
    url: str


class PollOption(Struct, frozen=True, kw_only=True):
    title: str
    votes_count: int | None


class Poll(Struct, frozen=True, kw_only=True):
    id: str
    expires_at: str | None
    expired: bool
    multiple: bool
    votes_count: int
    voters_count: int | None
    options: list[PollOption]
    emojis: list[CustomEmoji]
    voted: bool | UnsetType = UNSET
    own_votes: list[int] | UnsetType = UNSET


class PreviewCardAuthor(Struct, frozen=True, kw_only=True):
    name: str
    url: str
    account: Account | None


class PreviewCard(Struct, frozen=True, kw_only=True):
    url: str
    title: str
    description: str
    language: str | None
    type: Literal["link", "photo", "video", "rich"]
    authors: list[PreviewCardAuthor]
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    html: str
    width: int
    height: int
    image: str | None
    image_description: str
    embed_url: str
    blurhash: str | None
    missing_attribution: bool | None
    published_at: str | None


class QuoteApproval(Struct, frozen=True, kw_only=True):
    """Who may quote the status, and whether the viewer may."""

    automatic: list[Approvers]
    manual: list[Approvers]
    current_user: Literal["automatic", "manual", "denied", "unknown"]


class Quote(Struct, frozen=True, kw_only=True):
    """What a status quotes: the status itself, or within a quoted status (a "ShallowQuote") its id alone."""

    state: str
    quoted_status: "Status | UnsetType | None" = UNSET
    quoted_status_id: str | UnsetType | None = UNSET


class FilterKeyword(Struct, frozen=True, kw_only=True):
    id: str
    keyword: str
    whole_word: bool


class FilterStatus(Struct, frozen=True, kw_only=True):
    id: str
    status_id: str


class Filter(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    context: list[str]
    expires_at: str | None
    filter_action: Literal["warn", "hide", "blur"]
    keywords: list[FilterKeyword] | UnsetType = UNSET
    statuses: list[FilterStatus] | UnsetType = UNSET


class Phrase(Struct, frozen=True, kw_only=True):
    """A "V1::Filter"."""

    id: str
    phrase: str
    context: list[str]
    expires_at: str | None
    irreversible: bool
    whole_word: bool


class FilterResult(Struct, frozen=True, kw_only=True):
    filter: Filter
    keyword_matches: list[str] | None
    status_matches: list[str] | None


class EmojiReaction(Struct, frozen=True, kw_only=True):
    """Pleroma's: how many people elsewhere put this emoji under the status. Custom ones have a picture."""

    name: str
    count: int
    me: bool = False
    url: str | UnsetType = UNSET
    static_url: str | UnsetType = UNSET


class Extras(Struct, frozen=True, kw_only=True):
    """What clients of Pleroma look for, and others leave alone."""

    emoji_reactions: list[EmojiReaction]


class Status(Struct, frozen=True, kw_only=True):
    id: str
    created_at: str
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    sensitive: bool
    spoiler_text: str
    visibility: str
    language: str | None
    uri: str
    url: str | None
    replies_count: int
    reblogs_count: int
    favourites_count: int
    quotes_count: int
    edited_at: str | None
    favourited: bool | UnsetType = UNSET
    reblogged: bool | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    bookmarked: bool | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    content: str
    text: str | UnsetType = UNSET
    filtered: list[FilterResult] | UnsetType = UNSET
    reblog: "Status | None"
    application: StatusApplication | UnsetType = UNSET
    account: Account
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[StatusTag]
    emojis: list[CustomEmoji]
    quote: Quote | None
    quote_approval: QuoteApproval
    card: PreviewCard | None
    poll: Poll | None
    tagged_collections: list[Any]
    pleroma: Extras | UnsetType = UNSET


class Context(Struct, frozen=True, kw_only=True):
    ancestors: list[Raw]
    descendants: list[Raw]


class PollVersionOption(Struct, frozen=True, kw_only=True):
    title: str


class PollVersion(Struct, frozen=True, kw_only=True):
    options: list[PollVersionOption]


class StatusEdit(Struct, frozen=True, kw_only=True):
    content: str
    spoiler_text: str
    sensitive: bool
    created_at: str
    account: Account
    poll: PollVersion | UnsetType = UNSET
    media_attachments: list[MediaAttachment]
    emojis: list[CustomEmoji]
    quote: Quote | UnsetType | None = UNSET


class StatusSource(Struct, frozen=True, kw_only=True):
    id: str
    text: str
    spoiler_text: str


class TagHistory(Struct, frozen=True, kw_only=True):
    """One day of a tag; all three are numbers in strings."""

    day: str
    uses: str
    accounts: str


class Tag(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    url: str
    history: list[TagHistory]
    following: bool | UnsetType = UNSET
    featuring: bool | UnsetType = UNSET


class Search(Struct, frozen=True, kw_only=True):
    accounts: list[Account]
    statuses: list[Raw]
    hashtags: list[Tag]
    collections: list[Any] = msgspec.field(default_factory=list)


class Conversation(Struct, frozen=True, kw_only=True):
    id: str
    unread: bool
    accounts: list[Account]
    last_status: Raw | None
