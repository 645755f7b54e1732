"""From the bytes of a stranger to files that we can show."""

from collections.abc import Sequence
from typing import Any

import msgspec

from contracts.ids import AccountId, MediaId
from media.forms import Words
from media.images.model import Attached, Measures, measures_of
from media.images.process import Images
from media.images.sniff import sniff
from media.storage.model import ATTACHMENTS, INCOMING, TYPES, Key, Storage, new_key
from social.errors import ValidationFailed
from social.media.model import NewFile, focused

AT_ONCE_PIXELS = 4_000_000
AT_ONCE_BYTES = 4 * 1024 * 1024
"""Below both a picture is processed while its sender waits: well under a second."""


class FileMissing(ValidationFailed):
    """Validation failed: File can't be blank"""

    def __init__(self) -> None:
        super().__init__("File can't be blank")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A file about to be stored under a key that nothing has yet."""

    key: Key
    content: bytes


class Processed(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload has become."""

    original: Made
    small: Made
    mime_type: str
    blurhash: str
    meta: dict[str, Any]

    @property
    def made(self) -> Sequence[Made]:
        return (self.original, self.small)


def kind_of(content: bytes) -> str:
    """The kind of picture; refuses what is none."""
    if not content:
        raise FileMissing
    kind = sniff(content)
    if kind is None:
        raise ValidationFailed("File type is not supported")
    return kind


def is_quick(content: bytes, measures: Measures) -> bool:
    return len(content) <= AT_ONCE_BYTES and measures.pixels * measures.frames <= AT_ONCE_PIXELS


async def process(images: Images, kind: str, content: bytes, *, folder: str = ATTACHMENTS) -> Processed:
    result = await images.attach(kind, content)
    return Processed(
        original=Made(key=new_key(folder, result.original.extension), content=result.original.content),
        small=Made(key=new_key(folder, result.small.extension), content=result.small.content),
        mime_type=TYPES[result.original.extension],
        blurhash=result.blurhash,
        meta=_meta(result),
    )


def raw(content: bytes) -> Made:
    return Made(key=new_key(INCOMING, "raw"), content=content)


async def thumbnail(images: Images, content: bytes) -> list[Made]:
    """The small picture that its author wants instead of ours: one or none."""
    if not content:
        return []
    return [(await process(images, kind_of(content), content)).small]


async def put(storage: Storage, made: Sequence[Made]) -> None:
    for file in made:
        await storage.put(file.key, file.content)


def attachment(
    media_id: MediaId,
    account_id: AccountId,
    content: bytes,
    processed: Processed | None,
    words: Words,
    thumbnail: Sequence[Made],
) -> NewFile:
    """The row to be; without `processed` it waits for its job."""
    file = NewFile(
        id=media_id,
        account_id=account_id,
        kind="image",
        mime_type="",
        file_size=len(content),
        description=words.description,
        preview_key=thumbnail[0].key if thumbnail else None,
        meta=focused({}, words.focus),
    )
    if processed is None:
        return file
    return msgspec.structs.replace(
        file,
        mime_type=processed.mime_type,
        file_key=processed.original.key,
        preview_key=file.preview_key or processed.small.key,
        blurhash=processed.blurhash,
        meta=processed.meta | file.meta,
    )


def _meta(result: Attached) -> dict[str, Any]:
    return {"original": measures_of(result.original), "small": measures_of(result.small)}
