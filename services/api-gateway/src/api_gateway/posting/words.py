"""What somebody wants to post: read from parameters and checked. Pure."""

import re
from typing import Any

import msgspec

from api_gateway.allowances import STATUSES
from contracts.ids import MediaId, StatusId
from mastoapi.params import Id
from social.errors import ValidationFailed
from social.statuses.model import DIRECT, PRIVATE, PUBLIC, UNLISTED, Status
from social.statuses.text import Text
from social.users.model import User

VISIBILITIES = (PUBLIC, UNLISTED, PRIVATE, DIRECT)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")


class MediaWords(msgspec.Struct, frozen=True):
    """What an edit says of a file that is attached already."""

    id: Id
    description: str | None = None
    focus: str | None = None


class PostStatus(msgspec.Struct, frozen=True):
    status: str = ""
    media_ids: list[Id] = []
    media_attributes: list[MediaWords] = []
    poll: dict[str, Any] | None = None
    in_reply_to_id: Id | None = None
    sensitive: bool | None = None
    spoiler_text: str = ""
    visibility: str | None = None
    language: str | None = None
    scheduled_at: str | None = None
    quoted_status_id: Id | None = None


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A post as its author means it."""

    text: str
    spoiler_text: str
    sensitive: bool
    language: str | None
    visibility: str
    media_ids: tuple[MediaId, ...]
    media_words: tuple[MediaWords, ...]
    in_reply_to: StatusId | None


def read(asked: PostStatus, user: User, domain: str, *, replacing: Status | None = None) -> Words:
    """Fill in the author's defaults, or for an edit what stands there, and refuse what cannot be posted."""
    _refuse_what_we_lack(asked)
    text, spoiler = asked.status.strip("\r\n"), asked.spoiler_text.strip()
    if not text.strip() and spoiler:
        text, spoiler = spoiler, ""
    media_ids = tuple(dict.fromkeys(MediaId(i) for i in asked.media_ids))
    _check_amount(text, spoiler, len(media_ids), domain)
    sensitive = user.default_sensitive if replacing is None else False
    language = replacing.language if replacing else user.default_language or _language(user.locale)
    return Words(
        text=text,
        spoiler_text=spoiler,
        sensitive=bool(spoiler) or (asked.sensitive if asked.sensitive is not None else sensitive),
        language=_language(asked.language) or language,
        visibility=_visibility(asked.visibility or user.default_privacy),
        media_ids=media_ids,
        media_words=tuple(asked.media_attributes),
        in_reply_to=StatusId(asked.in_reply_to_id) if asked.in_reply_to_id is not None else None,
    )


def _refuse_what_we_lack(asked: PostStatus) -> None:
    """Better no post than one without its poll, or one at the wrong time."""
    if asked.poll:
        raise ValidationFailed("Polls are not supported by this server")
    if asked.scheduled_at:
        raise ValidationFailed("Scheduled posts are not supported by this server")
    if asked.quoted_status_id is not None:
        raise ValidationFailed("Quotes are not supported by this server")


def _check_amount(text: str, spoiler: str, files: int, domain: str) -> None:
    if not text.strip() and not files:
        raise ValidationFailed("Text can't be blank")
    if files > STATUSES.max_media_attachments:
        raise ValidationFailed(f"Cannot attach more than {STATUSES.max_media_attachments} files")
    most = STATUSES.max_characters
    # A text that is far too long is not taken apart to be counted.
    if len(text) + len(spoiler) > most * 40 or Text(text, domain).length + len(spoiler) > most:
        raise ValidationFailed(f"Text character limit of {most} exceeded")


def _visibility(wanted: str) -> str:
    if wanted not in VISIBILITIES:
        raise ValidationFailed("Visibility is not included in the list")
    return wanted


def _language(code: str | None) -> str | None:
    return code if code and LANGUAGE.fullmatch(code) else None
