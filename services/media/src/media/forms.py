"""What comes with an upload: files and words."""

from typing import Annotated

import msgspec
from fastapi import Depends, Request

from mastoapi.params import Upload, params
from media.images.model import LARGEST_FILE
from social.errors import ValidationFailed
from social.media.model import checked_description, focus_in

LARGEST_BODY = 2 * LARGEST_FILE + 256 * 1024
"""A file and its thumbnail, with the words around them."""


class UploadForm(msgspec.Struct, frozen=True, kw_only=True):
    file: Upload | None = None
    thumbnail: Upload | None = None
    description: str | None = None
    focus: str | None = None


class PictureForm(msgspec.Struct, frozen=True, kw_only=True):
    """api-gateway's form: a picture of somebody's profile."""

    file: Upload
    kind: str
    account_id: int


class EmojiForm(msgspec.Struct, frozen=True, kw_only=True):
    """The command line's form."""

    file: Upload
    emoji_id: int


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What an author says about a file."""

    description: str | None
    focus: tuple[float, float] | None


async def _upload_form(request: Request) -> UploadForm:
    return await params(request, UploadForm, most_bytes=LARGEST_BODY)


async def _picture_form(request: Request) -> PictureForm:
    return await params(request, PictureForm, most_bytes=LARGEST_BODY)


async def _emoji_form(request: Request) -> EmojiForm:
    return await params(request, EmojiForm, most_bytes=LARGEST_BODY)


AnUpload = Annotated[UploadForm, Depends(_upload_form)]
APicture = Annotated[PictureForm, Depends(_picture_form)]
AnEmoji = Annotated[EmojiForm, Depends(_emoji_form)]


def words_of(form: UploadForm) -> Words:
    return Words(description=checked_description(form.description), focus=focus_in(form.focus) if form.focus else None)


def content_of(file: Upload | None) -> bytes:
    """The bytes; none if there is no file."""
    if file is not None and len(file.content) > LARGEST_FILE:
        raise ValidationFailed(f"File file size must be less than {LARGEST_FILE // 1024**2} MB")
    return file.content if file else b""
