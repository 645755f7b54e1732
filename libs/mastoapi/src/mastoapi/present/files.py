"""Attachments and custom emoji."""

from collections.abc import Iterable, Mapping

from contracts.ids import EmojiId
from mastoapi.entities.accounts import CustomEmoji
from mastoapi.entities.statuses import MediaAttachment
from mastoapi.present.urls import MediaUrls
from social.emojis.model import Emoji
from social.statuses.model import Attachment

PROXIED = ("image", "unknown")
"""What we copy of other servers; films and sounds are played from where they are, and only their stills copied."""


def attachment(file: Attachment, urls: MediaUrls) -> MediaAttachment:
    """`url` is None until our own upload is processed."""
    remote = file.remote_url
    url = urls.file(file.file_key) if file.file_key else None
    preview = urls.file(file.preview_key) if file.preview_key else None
    if remote is not None and file.kind in PROXIED:
        url = url or urls.attachment(file.id, remote, "original")
        preview = preview or urls.attachment(file.id, remote, "small")
    elif remote is not None and file.remote_preview_url is not None:
        preview = preview or urls.attachment(file.id, file.remote_preview_url, "small")
    return MediaAttachment(
        id=str(file.id),
        # "unknown" tells clients to offer a link instead of a picture: right for what failed for good.
        type=file.kind if file.state != "failed" else "unknown",
        url=url or remote,
        preview_url=preview,
        remote_url=remote,
        preview_remote_url=file.remote_preview_url,
        meta=file.meta or None,
        description=file.description,
        blurhash=file.blurhash,
    )


def emojis(known: Mapping[EmojiId, Emoji], ids: Iterable[EmojiId], urls: MediaUrls) -> list[CustomEmoji]:
    """Those of the ids that exist, can be used, and have a picture."""
    return [custom_emoji(emoji, urls) for i in ids if (emoji := known.get(i)) and is_shown(emoji)]


def is_shown(emoji: Emoji) -> bool:
    return not emoji.disabled and bool(emoji.image_key or emoji.image_remote_url)


def custom_emoji(emoji: Emoji, urls: MediaUrls) -> CustomEmoji:
    return CustomEmoji(
        shortcode=emoji.shortcode,
        url=urls.emoji(emoji.id, "image", emoji.image_key, emoji.image_remote_url),
        static_url=urls.emoji(emoji.id, "static", emoji.static_key or _ours(emoji), emoji.image_remote_url),
        visible_in_picker=emoji.visible_in_picker,
        category=emoji.category,
    )


def _ours(emoji: Emoji) -> str | None:
    """Without a still picture of its own, one of ours shows the moving one."""
    return emoji.image_key if emoji.image_remote_url is None else None
