"""What a status is, and what comes with it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from contracts.ids import AccountId, Domain, EmojiId, MediaId, StatusId, Uri
from social.accounts.model import Account
from social.interactions.rules import InteractionPolicy
from social.polls.model import Poll, PollDraft
from social.quotes.model import Policy, Quote, Quoting
from social.reactions.model import Reactions

PUBLIC, UNLISTED, PRIVATE, DIRECT, LIMITED = "public", "unlisted", "private", "direct", "limited"
OPEN = (PUBLIC, UNLISTED)
"""Visibilities that anybody may read."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.statuses`. A boost has `reblog_of_id` and no words of its own."""

    id: StatusId
    uri: Uri
    url: str | None
    account_id: AccountId
    is_local: bool
    conversation_id: int
    in_reply_to_id: StatusId | None
    in_reply_to_account_id: AccountId | None
    in_reply_to_uri: Uri | None
    reblog_of_id: StatusId | None
    visibility: str
    content: str
    text: str
    spoiler_text: str
    sensitive: bool
    language: str | None
    emoji_ids: list[EmojiId]
    app_id: int | None
    created_at: dt.datetime
    edited_at: dt.datetime | None
    quote_automatic: list[str]
    """Who may quote it at once; `quote_manual`: who may once its author agreed."""
    quote_manual: list[str]
    interaction_policy: InteractionPolicy | None

    @property
    def is_open_elsewhere(self) -> bool:
        """Whether its own server, which is another one, shows it to anybody."""
        return not self.is_local and self.visibility in OPEN


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody named in a status. A silent mention gives access without a name in the text."""

    account_id: AccountId
    username: str
    domain: str | None
    uri: Uri
    url: str | None
    silent: bool
    followers_url: str | None = None
    """Of a group: its members are told, too."""

    @classmethod
    def of(cls, account: Account) -> "Mention":
        return cls(
            account_id=account.id,
            username=account.username,
            domain=account.domain,
            uri=account.uri,
            url=account.url,
            silent=False,
        )


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    id: MediaId
    account_id: AccountId
    status_id: StatusId | None
    kind: str
    state: str
    file_key: str | None
    preview_key: str | None
    remote_url: str | None
    remote_preview_url: str | None
    mime_type: str
    description: str | None
    blurhash: str | None
    meta: dict[str, Any]


class StatusTag(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    display_name: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind the first link of a status; `url` is as the status writes it."""

    url: str
    title: str
    description: str
    language: str | None
    type: Literal["link", "photo", "video", "rich"]
    author_name: str
    author_url: str
    author_account_id: AccountId | None
    provider_name: str
    provider_url: str
    html: str
    width: int
    height: int
    image_key: str | None
    image_description: str
    embed_url: str
    blurhash: str | None
    published_at: dt.datetime | None


class FullStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A status with everything that does not depend on who looks at it."""

    status: Status
    mentions: list[Mention]
    tags: list[StatusTag]
    media: list[Attachment] = []
    replies: int = 0
    reblogs: int = 0
    favourites: int = 0
    quotes: int = 0
    poll: Poll | None = None
    quote: Quote | None = None
    """What it quotes, whatever has become of that."""
    card: Card | None = None
    reactions: list[Reactions] = []
    app_name: str | None
    app_website: str | None


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A status that was just written."""

    status: Status
    tags: Sequence[StatusTag]


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A status as one viewer meets it: its version, its numbers, and what is between the two of them.

    The fields stand in the order of the columns that `viewing.seen` reads.
    """

    id: StatusId
    account_id: AccountId
    reblog_of_id: StatusId | None
    visibility: str
    in_reply_to_account_id: AccountId | None
    version: str
    author_version: str
    replies: int
    reblogs: int
    favourites: int
    quotes: int
    quote_state: str | None
    quoted_status_id: StatusId | None
    domain: Domain | None
    is_suspended: bool
    """Its author is; `domain` is theirs."""
    names_viewer: bool
    follows_author: bool
    followed_by_author: bool
    blocks_author: bool
    blocked_by_author: bool
    mutes_author: bool
    blocks_domain: bool
    blocks_parent: bool
    """The viewer blocks whom it replies to."""
    favourited: bool
    reblogged: bool
    bookmarked: bool
    muted: bool
    pinned: bool
    choices: list[int] | None
    """What the viewer chose in its poll."""
    filters_version: str | None
    """Of the viewer's filters; None if they have none."""

    @property
    def is_open_elsewhere(self) -> bool:
        """Whether its own server, which is another one, shows it to anybody."""
        return self.domain is not None and self.visibility in OPEN

    @property
    def shuns_author(self) -> bool:
        """Whether the viewer shall not meet the author in timelines and threads."""
        return (
            self.blocks_author
            or self.blocked_by_author
            or self.mutes_author
            or (self.blocks_domain and not self.follows_author)
        )


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A reply, or anything said in a conversation, by its name alone."""

    id: StatusId
    uri: Uri


class Standing(msgspec.Struct, frozen=True, gc=False):
    """Which version of an account there is, and what could keep it from being shown."""

    version: str
    domain: Domain | None
    is_suspended: bool


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a status in its history."""

    content: str
    spoiler_text: str
    sensitive: bool
    media_ids: list[MediaId]
    emoji_ids: list[EmojiId]
    poll_options: list[str] | None
    created_at: dt.datetime


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Words about to become a status, ours or remote: sanitised, resolved and complete.

    `uri` is None for our own, whose id makes it; `id` is there when it was promised before.
    """

    id: StatusId | None = None
    uri: Uri | None = None
    url: str | None = None
    content: str
    text: str = ""
    spoiler_text: str = ""
    sensitive: bool = False
    language: str | None = None
    visibility: str
    in_reply_to: Status | None = None
    in_reply_to_uri: Uri | None = None
    conversation_uri: Uri | None = None
    mentions: tuple[AccountId, ...] = ()
    silent_mentions: tuple[AccountId, ...] = ()
    tags: tuple[str, ...] = ()
    """As written, without the #: the first spelling seen becomes the tag's display name."""
    media_ids: tuple[MediaId, ...] = ()
    poll: PollDraft | None = None
    emoji_ids: tuple[EmojiId, ...] = ()
    app_id: int | None = None
    quoting: Quoting | None = None
    is_news: bool = True
    """Whether anybody shall be told of it, beside finding it in its place."""
    quote_policy: Policy | None = None
    """Who may quote it: nobody for a new post without one, and as it was for an edit."""
    interaction_policy: InteractionPolicy | None = None
    created_at: dt.datetime
    edited_at: dt.datetime | None = None
