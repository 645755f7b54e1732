"""A status in another language."""

from msgspec import Struct


class TranslationOption(Struct, frozen=True, kw_only=True):
    title: str


class TranslationPoll(Struct, frozen=True, kw_only=True):
    id: str
    options: list[TranslationOption]


class TranslationAttachment(Struct, frozen=True, kw_only=True):
    id: str
    description: str


class Translation(Struct, frozen=True, kw_only=True):
    content: str
    spoiler_text: str
    language: str
    poll: TranslationPoll | None = None
    media_attachments: list[TranslationAttachment]
    detected_source_language: str
    provider: str
