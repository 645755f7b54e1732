"""What somebody wants to post: read from parameters and checked. Pure."""

import msgspec
import regex

from api_gateway.allowances import STATUSES
from api_gateway.posting.interactions import InteractionWords, policy_in
from api_gateway.posting.languages import known_language
from api_gateway.posting.polls import PollWords, poll_in
from contracts.ids import AccountId, MediaId, StatusId
from mastoapi.params import Id
from social.errors import ValidationFailed
from social.interactions.rules import InteractionPolicy
from social.quotes.rules import WANTED
from social.statuses.model import DIRECT, PRIVATE, PUBLIC, UNLISTED, Status
from social.statuses.text import Text
from social.users.model import User

VISIBILITIES = (PUBLIC, UNLISTED, PRIVATE, DIRECT)


class MediaWords(msgspec.Struct, frozen=True):
    """What an edit says of a file that is attached already."""

    id: Id
    description: str | None = None
    focus: str | None = None


class PostStatus(msgspec.Struct, frozen=True):
    status: str = ""
    media_ids: list[Id] = []
    media_attributes: list[MediaWords] = []
    poll: PollWords | None = None
    in_reply_to_id: Id | None = None
    sensitive: bool | None = None
    spoiler_text: str = ""
    visibility: str | None = None
    language: str | None = None
    scheduled_at: str | None = None
    allowed_mentions: list[Id] | None = None
    quoted_status_id: Id | None = None
    quote_approval_policy: str | None = None
    interaction_policy: InteractionWords | None = None


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A post as its author means it."""

    text: Text
    spoiler_text: str
    sensitive: bool
    language: str | None
    visibility: str
    media_ids: tuple[MediaId, ...]
    media_words: tuple[MediaWords, ...]
    in_reply_to: StatusId | None
    poll: PollWords | None
    allowed_mentions: frozenset[AccountId] | None
    """Whom alone the post may name; None for anybody."""
    quotes: StatusId | None
    quote_policy: str | None
    """None for an edit that does not speak of it."""
    interaction_policy: InteractionPolicy | None
    """As a post is made with; edits leave it as it is."""


def read(asked: PostStatus, user: User, domain: str, *, replacing: Status | None = None) -> Words:
    """Fill in the author's defaults, or for an edit what stands there, and refuse what cannot be posted."""
    text, spoiler = asked.status.strip("\r\n"), asked.spoiler_text.strip()
    if not text.strip() and spoiler:
        text, spoiler = spoiler, ""
    media_ids = tuple(dict.fromkeys(MediaId(i) for i in asked.media_ids))
    taken_apart = _taken_apart(text, spoiler, len(media_ids), domain, quotes=asked.quoted_status_id is not None)
    sensitive = user.default_sensitive if replacing is None else False
    language = replacing.language if replacing else known_language(user.default_language) or known_language(user.locale)
    return Words(
        text=taken_apart,
        spoiler_text=spoiler,
        sensitive=bool(spoiler) or (asked.sensitive if asked.sensitive is not None else sensitive),
        language=known_language(asked.language) or language,
        visibility=_visibility(asked.visibility or user.default_privacy),
        media_ids=media_ids,
        media_words=tuple(asked.media_attributes),
        in_reply_to=StatusId(asked.in_reply_to_id) if asked.in_reply_to_id is not None else None,
        poll=poll_in(asked.poll),
        allowed_mentions=_allowed(asked.allowed_mentions),
        quotes=StatusId(asked.quoted_status_id) if asked.quoted_status_id is not None else None,
        quote_policy=_quote_policy(asked.quote_approval_policy or (None if replacing else user.default_quote_policy)),
        interaction_policy=policy_in(asked.interaction_policy),
    )


def _allowed(ids: list[int] | None) -> frozenset[AccountId] | None:
    return frozenset(AccountId(i) for i in ids) if ids is not None else None


def _quote_policy(wanted: str | None) -> str | None:
    if wanted is not None and wanted not in WANTED:
        raise ValidationFailed("Quote approval policy is not included in the list")
    return wanted


def _taken_apart(text: str, spoiler: str, files: int, domain: str, *, quotes: bool) -> Text:
    if not text.strip() and not files and not quotes:
        raise ValidationFailed("Text can't be blank")
    if files > STATUSES.max_media_attachments:
        raise ValidationFailed(f"Cannot attach more than {STATUSES.max_media_attachments} files")
    most = STATUSES.max_characters
    # A text that is far too long is not taken apart to be counted.
    taken_apart = Text(text, domain) if len(text) + len(spoiler) <= most * 40 else None
    if taken_apart is None or taken_apart.length + len(regex.findall(r"\X", spoiler)) > most:
        raise ValidationFailed(f"Text character limit of {most} exceeded")
    return taken_apart


def _visibility(wanted: str) -> str:
    if wanted not in VISIBILITIES:
        raise ValidationFailed("Visibility is not included in the list")
    return wanted
