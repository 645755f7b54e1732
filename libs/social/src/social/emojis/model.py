"""What a custom emoji is, ours or another server's."""

import datetime as dt

import msgspec

from contracts.ids import Domain, EmojiId


class Emoji(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.custom_emojis`."""

    id: EmojiId
    shortcode: str
    domain: Domain | None
    image_key: str | None
    static_key: str | None
    image_remote_url: str | None
    category: str | None
    visible_in_picker: bool
    disabled: bool
    updated_at: dt.datetime
