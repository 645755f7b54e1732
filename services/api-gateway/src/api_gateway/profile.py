"""From what somebody changes to their profile."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from api_gateway.allowances import ACCOUNTS
from api_gateway.posting.languages import known_language
from api_gateway.posting.mentions import known_in
from api_gateway.posting.words import VISIBILITIES
from chassis.db import Reader
from contracts.ids import EmojiId
from mastoapi.params import Upload
from social.accounts.model import Account
from social.addresses import Addresses
from social.emojis import store as emojis
from social.emojis.text import shortcodes_in
from social.errors import ValidationFailed
from social.statuses.text import Text

QUOTE_POLICIES = ("public", "followers", "nobody")


class FieldWords(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class Defaults(msgspec.Struct, frozen=True):
    """What a new post starts with."""

    privacy: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    quote_policy: str | None = None


class UpdateCredentials(msgspec.Struct, frozen=True):
    """All optional: what is None stays as it is."""

    display_name: str | None = None
    note: str | None = None
    avatar: Upload | None = None
    header: Upload | None = None
    avatar_description: str | None = None
    header_description: str | None = None
    locked: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    hide_collections: bool | None = None
    show_media: bool | None = None
    show_media_replies: bool | None = None
    show_featured: bool | None = None
    fields_attributes: list[FieldWords] | None = None
    attribution_domains: list[str] | None = None
    source: Defaults = Defaults()


FLAGS = (
    "locked",
    "discoverable",
    "indexable",
    "hide_collections",
    "show_media",
    "show_media_replies",
    "show_featured",
    "avatar_description",
    "header_description",
    "attribution_domains",
)


def check(asked: UpdateCredentials) -> None:
    """Refuse what is too long or unknown."""
    limits = ACCOUNTS
    _at_most(asked.display_name, limits.max_display_name_length, "Display name")
    _at_most(asked.note, limits.max_note_length, "Note")
    _at_most(asked.avatar_description, limits.max_avatar_description_length, "Avatar description")
    _at_most(asked.header_description, limits.max_header_description_length, "Header description")
    fields = asked.fields_attributes or []
    if len([f for f in fields if f.name or f.value]) > limits.max_profile_fields:
        raise ValidationFailed(f"Fields are too many (maximum is {limits.max_profile_fields})")
    for field in fields:
        _at_most(field.name, limits.profile_field_name_limit, "Field name")
        _at_most(field.value, limits.profile_field_value_limit, "Field value")
    if len(asked.attribution_domains or []) > 100:
        raise ValidationFailed("Attribution domains are too many")
    _check_defaults(asked.source)


def _check_defaults(defaults: Defaults) -> None:
    if defaults.privacy is not None and defaults.privacy not in VISIBILITIES:
        raise ValidationFailed("Privacy is not included in the list")
    if defaults.quote_policy is not None and defaults.quote_policy not in QUOTE_POLICIES:
        raise ValidationFailed("Quote policy is not included in the list")
    if defaults.language and known_language(defaults.language) is None:
        raise ValidationFailed("Language is not included in the list")


def _at_most(text: str | None, most: int, what: str) -> None:
    if text is not None and len(text) > most:
        raise ValidationFailed(f"{what} is too long (maximum is {most} characters)")


async def changed(
    db: Reader,
    addresses: Addresses,
    account: Account,
    asked: UpdateCredentials,
    *,
    avatar_key: str | None,
    header_key: str | None,
    now: dt.datetime,
) -> tuple[Account, Sequence[EmojiId]]:
    """The account as it shall be, and the emoji in it. Keys are of pictures that media took in just now."""
    changes: dict[str, Any] = {name: v for name in FLAGS if (v := getattr(asked, name)) is not None}
    changes |= {"avatar_key": avatar_key} if avatar_key else {}
    changes |= {"header_key": header_key} if header_key else {}
    if asked.display_name is not None:
        changes["display_name"] = asked.display_name.strip()
    if asked.bot is not None and not account.is_group:
        changes["actor_type"] = "Service" if asked.bot else "Person"
    if asked.note is not None:
        changes |= {"note_source": asked.note, "note": await _html(db, addresses, asked.note)}
    if asked.fields_attributes is not None:
        changes |= await _fields(db, addresses, asked.fields_attributes)
    account = msgspec.structs.replace(account, updated_at=now, **changes)
    words = [f"{f['name']} {f['value']}" for f in account.fields_source]
    codes = shortcodes_in(account.display_name, account.note_source, *words)
    return account, await emojis.named(db, codes) if codes else []


async def _fields(db: Reader, addresses: Addresses, wanted: Sequence[FieldWords]) -> dict[str, Any]:
    kept = [f for f in wanted if f.name.strip() or f.value.strip()]
    source = [{"name": f.name.strip(), "value": f.value.strip(), "verified_at": None} for f in kept]
    shown = [f | {"value": _bare(await _html(db, addresses, str(f["value"])))} for f in source]
    return {"fields_source": source, "fields": shown}


async def _html(db: Reader, addresses: Addresses, source: str) -> str:
    """As a post is composed; nobody is looked up at other servers for a profile."""
    text = Text(source, addresses.domain)
    return text.compose(addresses, await known_in(db, text)).html


def _bare(html: str) -> str:
    """A field is one line in a table, no paragraph."""
    return html.removeprefix("<p>").removesuffix("</p>")
