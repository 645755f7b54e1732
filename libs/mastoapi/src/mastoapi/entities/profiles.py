"""One's own profile, as it was typed and as it is shown."""

import msgspec

from mastoapi.entities.accounts import FeaturedTag, Field


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    display_name: str
    note: str
    fields: list[Field]
    formatted_note: str
    formatted_fields: list[Field]
    avatar: str | None
    avatar_static: str | None
    avatar_description: str
    header: str | None
    header_static: str | None
    header_description: str
    locked: bool
    bot: bool
    hide_collections: bool | None
    discoverable: bool | None
    indexable: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[str]
    featured_tags: list[FeaturedTag]
