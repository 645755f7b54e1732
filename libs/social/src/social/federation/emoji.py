"""Custom emoji, as they stand in the tags of posts and actors."""

import mimetypes
from collections.abc import Sequence

from apcore import objects
from social.addresses import Addresses
from social.emojis.model import Emoji


def render(addresses: Addresses, emojis: Sequence[Emoji]) -> tuple[objects.Emoji, ...]:
    """Those whose picture we can point to."""
    found = (
        objects.Emoji(
            id=addresses.emoji(emoji.id),
            shortcode=emoji.shortcode,
            url=addresses.file(emoji.image_key) if emoji.image_key else emoji.image_remote_url or "",
            media_type=media_type_of(emoji.image_key),
            updated=emoji.updated_at,
        )
        for emoji in emojis
    )
    return tuple(emoji for emoji in found if emoji.url)


def media_type_of(key: str | None) -> str:
    """As the file's name says; empty when it does not."""
    return (mimetypes.guess_type(key)[0] if key else None) or ""
