"""Posts and their parts: what peers send, in one shape, and what we send."""

from apcore.objects.model import (
    Approvers,
    Attachment,
    Emoji,
    Hashtag,
    Mention,
    Note,
    Poll,
    PollOption,
    Quote,
    QuoteAuthorization,
    Tombstone,
)
from apcore.objects.read import (
    CONVERTED_TYPES,
    NOTE_TYPES,
    is_note,
    note_in,
    read_note,
    read_quote_authorization,
    read_tombstone,
)
from apcore.objects.write import write_note, write_quote_authorization, write_tombstone, write_vote

__all__ = [
    "CONVERTED_TYPES",
    "NOTE_TYPES",
    "Approvers",
    "Attachment",
    "Emoji",
    "Hashtag",
    "Mention",
    "Note",
    "Poll",
    "PollOption",
    "Quote",
    "QuoteAuthorization",
    "Tombstone",
    "is_note",
    "note_in",
    "read_note",
    "read_quote_authorization",
    "read_tombstone",
    "write_note",
    "write_quote_authorization",
    "write_tombstone",
    "write_vote",
]
