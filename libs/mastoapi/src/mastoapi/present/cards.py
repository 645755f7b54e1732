"""Preview cards of links."""

from mastoapi.entities.accounts import Account
from mastoapi.entities.statuses import PreviewCard, PreviewCardAuthor
from mastoapi.entities.times import timestamp_or_none
from mastoapi.present.urls import MediaUrls
from social.statuses.model import Card


def card_from(card: Card, author: Account | None, urls: MediaUrls) -> PreviewCard:
    """`author` is the account that the page names as its own, if we know it."""
    is_named = bool(card.author_name) or author is not None
    return PreviewCard(
        url=card.url,
        title=card.title,
        description=card.description,
        language=card.language,
        type=card.type,
        authors=[PreviewCardAuthor(name=card.author_name, url=card.author_url, account=author)] if is_named else [],
        author_name=card.author_name,
        author_url=card.author_url,
        provider_name=card.provider_name,
        provider_url=card.provider_url,
        html=card.html,
        width=card.width,
        height=card.height,
        image=urls.file(card.image_key) if card.image_key else None,
        image_description=card.image_description,
        embed_url=card.embed_url,
        blurhash=card.blurhash,
        missing_attribution=None,
        published_at=timestamp_or_none(card.published_at),
    )
