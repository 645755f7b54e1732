"""Posts and their parts: what peers send, in one shape, and what we send."""

from apcore.objects.model import (
    Attachment,
    Emoji,
    Hashtag,
    Mention,
    Note,
    Poll,
    PollOption,
    Quote,
    Tombstone,
)
from apcore.objects.read import CONVERTED_TYPES, NOTE_TYPES, is_note, read_note, read_tombstone
from apcore.objects.write import write_note, write_tombstone

__all__ = [
    "CONVERTED_TYPES",
    "NOTE_TYPES",
    "Attachment",
    "Emoji",
    "Hashtag",
    "Mention",
    "Note",
    "Poll",
    "PollOption",
    "Quote",
    "Tombstone",
    "is_note",
    "read_note",
    "read_tombstone",
    "write_note",
    "write_tombstone",
]
