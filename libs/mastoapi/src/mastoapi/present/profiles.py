"""One's own profile, for the page on which it is edited."""

from collections.abc import Sequence

from mastoapi.entities.profiles import Profile
from mastoapi.present.featured_tags import featured_tag_from
from mastoapi.present.people import fields_from
from mastoapi.present.urls import MediaUrls
from social.accounts.model import Account
from social.featured_tags.model import FeaturedTag


def profile(account: Account, featured: Sequence[FeaturedTag], urls: MediaUrls) -> Profile:
    avatar = urls.file(account.avatar_key) if account.avatar_key else None
    header = urls.file(account.header_key) if account.header_key else None
    return Profile(
        id=str(account.id),
        display_name=account.display_name,
        note=account.note_source,
        fields=fields_from(account.fields_source),
        formatted_note=account.note,
        formatted_fields=fields_from(account.fields),
        avatar=avatar,
        avatar_static=avatar,
        avatar_description=account.avatar_description,
        header=header,
        header_static=header,
        header_description=account.header_description,
        locked=account.locked,
        bot=account.is_bot,
        hide_collections=account.hide_collections,
        discoverable=account.discoverable,
        indexable=account.indexable,
        show_media=account.show_media,
        show_media_replies=account.show_media_replies,
        show_featured=account.show_featured,
        attribution_domains=account.attribution_domains,
        featured_tags=[featured_tag_from(tag, account, urls) for tag in featured],
    )
