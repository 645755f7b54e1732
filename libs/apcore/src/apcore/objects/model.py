"""A post as it looks on the wire, after reading and before writing."""

from datetime import datetime

import msgspec

from apcore.collections import Listed


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    href: str  # The actor's address decides; the name is decoration.
    name: str = ""


class Hashtag(msgspec.Struct, frozen=True, kw_only=True):
    name: str  # Without the number sign, spelled as the author did.
    href: str = ""


class Emoji(msgspec.Struct, frozen=True, kw_only=True):
    shortcode: str  # Without colons.
    url: str
    id: str = ""
    media_type: str = ""
    updated: datetime | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    type: str = "Document"
    media_type: str = ""
    name: str = ""
    blurhash: str | None = None
    focal_point: tuple[float, float] | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None  # Seconds.
    preview_url: str | None = None


class PollOption(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    votes: int = 0


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    options: tuple[PollOption, ...]
    multiple: bool = False
    end_time: datetime | None = None
    closed: datetime | None = None
    voters_count: int | None = None


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    uri: str
    authorization: str | None = None
    is_legacy: bool = False  # Said with a term that asks for no consent.
    is_gone: bool = False  # A Tombstone, which may not even have an address.


class Approvers(msgspec.Struct, frozen=True, kw_only=True):
    """Who may do something with a post: at once, or when its author agrees."""

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


class Note(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    attributed_to: str
    type: str = "Note"
    content: str = ""  # Sanitised HTML when it was read.
    summary: str = ""  # The content warning: plain text.
    name: str = ""  # A title, or the option that a vote names.
    language: str | None = None
    url: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    in_reply_to: str | None = None
    conversation: str | None = None
    context: str | None = None
    sensitive: bool = False
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    replies: str | None = None
    answers: Listed = Listed()  # What `replies` names, as far as it came along.
    likes: str | None = None
    shares: str | None = None
    replies_count: int | None = None
    likes_count: int | None = None
    shares_count: int | None = None
    poll: Poll | None = None
    quote: Quote | None = None
    may_quote: tuple[str, ...] | None = None  # Who is approved at once; None when nothing is said.
    may_ask_to_quote: tuple[str, ...] = ()  # Who is approved when the author agrees.
    may_reply: Approvers | None = None  # Likewise; None when nothing is said, which is everybody.
    may_like: Approvers | None = None
    may_announce: Approvers | None = None
    direct_message: bool | None = None


class QuoteAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """FEP-044f: the quoted author's consent to one quote."""

    id: str
    attributed_to: str
    interacting_object: str  # The post that quotes.
    interaction_target: str  # The post that is quoted.


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    former_type: str = ""
    deleted: datetime | None = None
