"""Emoji that people elsewhere put under a status, in the form that clients of Pleroma know."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET, UnsetType

from contracts.ids import EmojiId
from mastoapi.entities.statuses import EmojiReaction, Extras
from mastoapi.present.files import custom_emoji, is_shown
from mastoapi.present.urls import MediaUrls
from social.emojis.model import Emoji
from social.reactions.model import Reactions


def reactions(found: Sequence[Reactions], known: Mapping[EmojiId, Emoji], urls: MediaUrls) -> Extras | UnsetType:
    """Unset where nobody reacted, which is nearly everywhere."""
    return Extras(emoji_reactions=[_reaction(one, known, urls) for one in found]) if found else UNSET


def _reaction(one: Reactions, known: Mapping[EmojiId, Emoji], urls: MediaUrls) -> EmojiReaction:
    emoji = known.get(one.emoji_id) if one.emoji_id is not None else None
    if emoji is None or not is_shown(emoji):
        return EmojiReaction(name=one.name, count=one.count)
    picture = custom_emoji(emoji, urls)
    name = f"{one.name}@{emoji.domain}" if emoji.domain else one.name
    return EmojiReaction(name=name, count=one.count, url=picture.url, static_url=picture.static_url)
