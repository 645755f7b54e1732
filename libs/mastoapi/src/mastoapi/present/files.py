"""Attachments and custom emoji."""

from collections.abc import Iterable

from contracts.ids import EmojiId
from mastoapi.entities.accounts import CustomEmoji
from mastoapi.entities.statuses import MediaAttachment
from mastoapi.present.urls import MediaUrls
from social.emojis.model import Emoji
from social.statuses.model import Attachment


def attachment(file: Attachment, urls: MediaUrls) -> MediaAttachment:
    """`url` is None until our own upload is processed."""
    is_remote = file.remote_url is not None
    url = urls.file(file.file_key) if file.file_key else urls.proxied(file.id) if is_remote else None
    preview = urls.file(file.preview_key) if file.preview_key else None
    if preview is None and is_remote:
        preview = urls.proxied(file.id, preview=True)
    return MediaAttachment(
        id=str(file.id),
        # "unknown" tells clients to offer a link instead of a picture: right for what failed for good.
        type=file.kind if file.state != "failed" else "unknown",
        url=url,
        preview_url=preview,
        remote_url=file.remote_url,
        preview_remote_url=file.remote_preview_url,
        meta=file.meta or None,
        description=file.description,
        blurhash=file.blurhash,
    )


def emojis(known: dict[EmojiId, Emoji], ids: Iterable[EmojiId], urls: MediaUrls) -> list[CustomEmoji]:
    """Those of the ids that exist, can be used, and have a picture."""
    return [custom_emoji(emoji, urls) for i in ids if (emoji := known.get(i)) and is_shown(emoji)]


def is_shown(emoji: Emoji) -> bool:
    return not emoji.disabled and bool(emoji.image_key or emoji.image_remote_url)


def custom_emoji(emoji: Emoji, urls: MediaUrls) -> CustomEmoji:
    url = urls.picture(emoji.image_key, emoji.image_remote_url, "")
    return CustomEmoji(
        shortcode=emoji.shortcode,
        url=url,
        static_url=urls.file(emoji.static_key) if emoji.static_key else url,
        visible_in_picker=emoji.visible_in_picker,
        category=emoji.category,
    )
