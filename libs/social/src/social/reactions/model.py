"""What a reaction is, and how one is written."""

import re
from collections.abc import Collection
from typing import Final

import msgspec

from contracts.ids import EmojiId
from social.emojis.text import is_emoji

MOST_OF_ONE: Final = 10
"""How many of one account are kept under one post; further ones are favourites and no more."""

# Misskey adds the server that the emoji is of, or a dot for its own.
_CUSTOM = re.compile(r":([A-Za-z0-9_]{1,100})(?:@[A-Za-z0-9.:-]{1,255})?:")


class Reactions(msgspec.Struct, frozen=True, kw_only=True):
    """How many reacted to a post with one emoji, and which custom one that is."""

    name: str
    emoji_id: EmojiId | None
    count: int


def name_in(content: str, shortcodes: Collection[str]) -> str | None:
    """The Unicode emoji or the shortcode that a reaction's content is; None if it is neither."""
    if is_emoji(content):
        return content
    if found := _CUSTOM.fullmatch(content):
        return found[1]
    # Older Pleroma leaves the colons out; what is no emoji beside it could be any word.
    return content if content in shortcodes else None
