"""From what was loaded of a status to the part of its JSON that is the same for everybody."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UnsetType

from mastoapi.entities import statuses as entities
from mastoapi.entities.accounts import Approvers, CustomEmoji
from mastoapi.entities.times import timestamp, timestamp_or_none
from mastoapi.present.cards import card_from
from mastoapi.present.emoji_reactions import reactions
from mastoapi.present.files import attachment, emojis
from mastoapi.present.fragments import AccountFragment, StatusFragment
from mastoapi.present.people import Emojis, Profiles, account_from
from mastoapi.present.polls import emojis_of, poll_from
from mastoapi.present.urls import MediaUrls
from social.accounts.model import Profile
from social.filters.matching import searchable
from social.quotes.model import Policy
from social.statuses.model import LIMITED, PRIVATE, FullStatus, Mention

APPROVERS: tuple[Approvers, ...] = ("public", "followers", "following")


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    """The members of `entities.Status` that are the same for everybody and change with the status alone."""

    id: str
    created_at: str
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    sensitive: bool
    spoiler_text: str
    visibility: str
    language: str | None
    uri: str
    url: str | None
    edited_at: str | None
    content: str
    media_attachments: list[entities.MediaAttachment]
    mentions: list[entities.Mention]
    tags: list[entities.StatusTag]
    emojis: list[CustomEmoji]
    card: entities.PreviewCard | None
    tagged_collections: list[Any]
    pleroma: entities.Extras | UnsetType


class Approvals(msgspec.Struct, frozen=True):
    """The part of `quote_approval` that does not depend on who looks."""

    automatic: list[Approvers]
    manual: list[Approvers]


def account_fragment(profile: Profile, profiles: Profiles, known: Emojis, urls: MediaUrls) -> AccountFragment:
    entity = account_from(profile, profiles, known, urls)
    shows_application = bool(profile.settings.get("show_application", True))
    return AccountFragment(entity, msgspec.json.encode(entity), shows_application)


def status_fragment(
    full: FullStatus, author: AccountFragment, profiles: Profiles, known: Emojis, urls: MediaUrls, now: dt.datetime
) -> StatusFragment:
    """`profiles` has the authors of pages that it links to."""
    row = full.status
    words = _Words(
        id=str(row.id),
        created_at=timestamp(row.created_at),
        in_reply_to_id=_text(row.in_reply_to_id),
        in_reply_to_account_id=_text(row.in_reply_to_account_id),
        sensitive=row.sensitive,
        spoiler_text=row.spoiler_text,
        visibility=PRIVATE if row.visibility == LIMITED else row.visibility,
        language=row.language,
        uri=row.uri,
        url=row.url,
        edited_at=timestamp_or_none(row.edited_at),
        content=row.content,
        media_attachments=[attachment(file, urls) for file in full.media],
        mentions=[_mention(m) for m in full.mentions if not m.silent],
        tags=[entities.StatusTag(name=t.display_name, url=urls.tag(t.name)) for t in full.tags],
        emojis=emojis(known, row.emoji_ids, urls),
        card=_card(full, profiles, known, urls),
        tagged_collections=[],
        pleroma=reactions(full.reactions, known, urls),
    )
    pictures = emojis_of(full.poll, known, row.emoji_ids, urls) if full.poll else []
    poll = poll_from(full.poll, (), pictures, None, now) if full.poll else None
    return StatusFragment(
        words=_members(words),
        application=_application(full),
        shows_application=author.shows_application,
        policy=Policy(tuple(row.quote_automatic), tuple(row.quote_manual)),
        approvers=_members(Approvals(_approvers(row.quote_automatic), _approvers(row.quote_manual))),
        text=searchable(full),
        poll=full.poll,
        poll_emojis=pictures,
        poll_json=msgspec.json.encode(poll),
    )


def _members(struct: msgspec.Struct) -> bytes:
    """A JSON object without its braces."""
    return msgspec.json.encode(struct)[1:-1]


def _application(full: FullStatus) -> bytes:
    if full.app_name is None or not full.status.is_local:
        return b""
    application = entities.StatusApplication(name=full.app_name, website=full.app_website)
    return b',"application":' + msgspec.json.encode(application)


def _approvers(allowed: Sequence[str]) -> list[Approvers]:
    """What clients have no word for is one word."""
    known = [who for who in APPROVERS if who in allowed]
    return [*known, "unsupported_policy"] if len(known) < len(set(allowed)) else known


def _card(full: FullStatus, profiles: Profiles, known: Emojis, urls: MediaUrls) -> entities.PreviewCard | None:
    if full.card is None:
        return None
    named = full.card.author_account_id
    profile = profiles.get(named) if named is not None else None
    return card_from(full.card, account_from(profile, profiles, known, urls) if profile else None, urls)


def _mention(mention: Mention) -> entities.Mention:
    acct = f"{mention.username}@{mention.domain}" if mention.domain else mention.username
    return entities.Mention(
        id=str(mention.account_id), username=mention.username, url=mention.url or mention.uri, acct=acct
    )


def _text(number: int | None) -> str | None:
    return str(number) if number is not None else None
