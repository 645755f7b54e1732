"""From a note as it came to a draft: people looked up, emoji and files noted, times made plausible."""

import mimetypes
from urllib.parse import urlsplit

import msgspec

from apcore import jsonld
from apcore.audience import visibility_of
from apcore.objects import Attachment, Emoji, Note
from chassis.db import Tx
from contracts.ids import AccountId, Domain, EmojiId, MediaId, StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.emojis import store as emojis
from social.federation import interacting, poll
from social.federation.arrival import Arrival, plausible
from social.federation.quoting import policy_in, quoting_in
from social.media import remote
from social.media.model import RemoteFile
from social.relationships import store as relationships
from social.statuses import reading
from social.statuses.model import OPEN, PRIVATE, Draft
from social.statuses.text import HASHTAG

MAX_FILES = 4
MAX_PEOPLE = 100
MAX_EMOJIS = 100
KINDS = ("image", "video", "audio")


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in the audience of a note by name."""

    named: tuple[AccountId, ...]
    silent: tuple[AccountId, ...]
    local: frozenset[AccountId]


async def draft_of(tx: Tx, arrival: Arrival, author: Account, note: Note, known: StatusId | None = None) -> Draft:
    """Everything of the note that a status keeps. `known` is the status that it edits."""
    return (await drafted(tx, arrival, author, note, known))[0]


async def drafted(
    tx: Tx, arrival: Arrival, author: Account, note: Note, known: StatusId | None = None
) -> tuple[Draft, People]:
    """The draft, and who is in its audience by name."""
    parent = await reading.by_uri(tx, Uri(note.in_reply_to)) if note.in_reply_to else None
    visibility = visibility_of(
        note.to, note.cc, author.followers_url, [mention.href for mention in note.mentions], note.direct_message
    )
    people = await people_of(tx, arrival, author, note, visibility)
    created_at = plausible(note.published, arrival.at)
    conversation = note.conversation or note.context
    draft = Draft(
        uri=Uri(note.id),
        url=note.url or note.id,
        content=note.content,
        spoiler_text=note.summary,
        sensitive=note.sensitive,
        language=note.language,
        visibility=visibility,
        in_reply_to=parent,
        in_reply_to_uri=Uri(note.in_reply_to) if note.in_reply_to else None,
        conversation_uri=Uri(conversation) if conversation else None,
        mentions=people.named,
        silent_mentions=people.silent,
        tags=tuple(tag.name for tag in note.hashtags if HASHTAG.fullmatch(f"#{tag.name}")),
        media_ids=await _media_of(tx, arrival, author, note, known),
        poll=poll.draft_of(note, arrival.at),
        emoji_ids=tuple(await emojis_of(tx, arrival, author.domain, note.emojis)),
        quoting=await quoting_in(tx, arrival, note),
        quote_policy=policy_in(author, note),
        interaction_policy=interacting.policy_in(arrival.addresses, author, note),
        created_at=created_at,
        is_news=arrival.is_news,
        edited_at=plausible(note.updated, arrival.at) if note.updated and note.updated > created_at else None,
    )
    return draft, people


async def people_of(tx: Tx, arrival: Arrival, author: Account, note: Note, visibility: str) -> People:
    """Tagged and addressed: named. Only tagged, only addressed, or delivered in person: access without a name."""
    addressed = {*note.to, *note.cc}
    tagged = [mention.href for mention in note.mentions]
    uris = list(dict.fromkeys((*tagged, *(uri for uri in addressed if arrival.addresses.is_ours(uri)))))[:MAX_PEOPLE]
    found = await accounts.many_by_uri(tx, [Uri(uri) for uri in uris]) if uris else {}
    named = {account.id for uri, account in found.items() if uri in tagged and uri in addressed}
    silent = {account.id for account in found.values()} - named
    local = {account.id for account in found.values() if account.is_local}
    if arrival.inbox_of is not None and await accounts.by_id(tx, arrival.inbox_of):
        local.add(arrival.inbox_of)
        if not await _reads_anyway(tx, arrival.inbox_of, author, visibility):
            silent |= {arrival.inbox_of} - named
    return People(named=tuple(sorted(named)), silent=tuple(sorted(silent)), local=frozenset(local))


async def _reads_anyway(tx: Tx, reader: AccountId, author: Account, visibility: str) -> bool:
    if visibility in OPEN:
        return True
    return visibility == PRIVATE and await relationships.follow_between(tx, reader, author.id) is not None


async def emojis_of(tx: Tx, arrival: Arrival, domain: Domain | None, found: tuple[Emoji, ...]) -> list[EmojiId]:
    if not found or domain is None or not arrival.takes_media:
        return []
    kept = found[:MAX_EMOJIS]
    await emojis.keep_remote(
        tx,
        domain,
        shortcodes=[emoji.shortcode for emoji in kept],
        uris=[emoji.id if jsonld.host_of(emoji.id) == domain else "" for emoji in kept],
        images=[_versioned(emoji) for emoji in kept],
        updated_at=[plausible(emoji.updated, arrival.at) for emoji in kept],
    )
    return await emojis.of_server(tx, domain, [emoji.shortcode for emoji in kept])


def _versioned(emoji: Emoji) -> str:
    """A new picture may come under the old address: a fragment, which nobody is asked for, tells them apart."""
    return f"{emoji.url.partition('#')[0]}#{int(emoji.updated.timestamp())}" if emoji.updated else emoji.url


async def _media_of(
    tx: Tx, arrival: Arrival, author: Account, note: Note, known: StatusId | None
) -> tuple[MediaId, ...]:
    if not arrival.takes_media:
        return ()
    kept = {item.url: item for item in note.attachments}
    return tuple([await remote.keep(tx, author.id, known, _file(item)) for item in list(kept.values())[:MAX_FILES]])


def _kind(item: Attachment) -> str:
    """As it says itself, or else as its name ends; what is none of these is offered as a link."""
    guessed = item.media_type or mimetypes.guess_type(urlsplit(item.url).path)[0] or ""
    said = (guessed.partition("/")[0], item.type.lower())
    return next((kind for kind in said if kind in KINDS), "unknown")


def _file(item: Attachment) -> RemoteFile:
    return RemoteFile(
        kind=_kind(item),
        url=item.url,
        preview_url=item.preview_url,
        mime_type=item.media_type,
        description=item.name or None,
        blurhash=item.blurhash,
        width=item.width,
        height=item.height,
        focus=item.focal_point,
    )
