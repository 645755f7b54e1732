"""Announcements: written as posts are, in plain text, and composed when somebody looks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from chassis.db import Reader
from contracts.ids import AccountId, AnnouncementId, EmojiId, StatusId
from mastoapi.entities import announcements as entities
from mastoapi.entities.accounts import CustomEmoji
from mastoapi.entities.statuses import Mention, StatusTag
from mastoapi.entities.times import timestamp, timestamp_or_none
from mastoapi.present.files import emojis
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.accounts.model import Account
from social.addresses import Addresses
from social.announcements import store
from social.announcements.model import Reaction, Shown
from social.emojis import store as emoji_store
from social.emojis.text import shortcodes_in
from social.statuses import reading
from social.statuses.model import OPEN, Status
from social.statuses.text import Handle, Text, mentioned_in

_OUR_POST: Final = re.compile(r"/(?:@[\w.-]+|ap/users/\d+/statuses)/(?P<id>\d{1,18})\b")


class _Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """All that the announcements name."""

    people: Mapping[Handle, Account]
    posts: Mapping[StatusId, Status]
    emojis: Mapping[str, CustomEmoji]
    reactions: Mapping[AnnouncementId, list[Reaction]]
    urls: MediaUrls


async def announcements(
    db: Reader, found: Sequence[Shown], viewer: AccountId | None, addresses: Addresses, urls: MediaUrls
) -> list[entities.Announcement]:
    """In at most five statements."""
    texts = [Text(shown.announcement.text, addresses.domain) for shown in found]
    handles = sorted({handle for text in texts for handle in text.handles}, key=str)
    ids = sorted({status_id for text in texts for status_id in _posts_in(text, addresses)})
    reactions = await store.reactions_to(db, [s.announcement.id for s in found], viewer) if found else {}
    names = {reaction.name for some in reactions.values() for reaction in some}
    around = _Surroundings(
        people=mentioned_in(await accounts.many_by_handle(db, handles)) if handles else {},
        posts=await reading.many(db, ids) if ids else {},
        emojis=await _emojis(db, names.union(*(shortcodes_in(text.source) for text in texts)), urls),
        reactions=reactions,
        urls=urls,
    )
    return [_announcement(shown, text, around, addresses) for shown, text in zip(found, texts, strict=True)]


async def reaction_alone(db: Reader, announcement_id: AnnouncementId, name: str, urls: MediaUrls) -> entities.Reaction:
    """How many react so now, as a stream tells it to everybody."""
    found = (await store.reactions_to(db, [announcement_id], None)).get(announcement_id, [])
    known = next((reaction for reaction in found if reaction.name == name), None)
    counted = known or Reaction(announcement_id=announcement_id, name=name, count=0, me=False)
    entity = _reaction(counted, await _emojis(db, {name}, urls), is_somebodys=False)
    return msgspec.structs.replace(entity, announcement_id=str(announcement_id))


def _announcement(shown: Shown, text: Text, around: _Surroundings, addresses: Addresses) -> entities.Announcement:
    row = shown.announcement
    somebody = shown.read is not None
    posts = [post for i in _posts_in(text, addresses) if (post := around.posts.get(i)) and post.visibility in OPEN]
    people = {around.people[handle].id: around.people[handle] for handle in text.handles if handle in around.people}
    return entities.Announcement(
        id=str(row.id),
        content=text.compose(addresses, around.people).html,
        starts_at=timestamp_or_none(row.starts_at),
        ends_at=timestamp_or_none(row.ends_at),
        all_day=row.all_day,
        published_at=timestamp(row.published_at or row.created_at),
        updated_at=timestamp(row.updated_at),
        read=shown.read if shown.read is not None else UNSET,
        mentions=[_mention(account) for account in people.values()],
        statuses=[entities.AnnouncementStatus(id=str(post.id), url=post.url or post.uri) for post in posts],
        tags=[StatusTag(name=name, url=around.urls.tag(name.lower())) for name in text.tags],
        emojis=[around.emojis[code] for code in shortcodes_in(text.source) if code in around.emojis],
        reactions=[_reaction(one, around.emojis, is_somebodys=somebody) for one in around.reactions.get(row.id, [])],
    )


def _mention(account: Account) -> Mention:
    return Mention(id=str(account.id), username=account.username, url=account.url or account.uri, acct=account.acct)


def _reaction(reaction: Reaction, known: Mapping[str, CustomEmoji], *, is_somebodys: bool) -> entities.Reaction:
    emoji = known.get(reaction.name)
    return entities.Reaction(
        name=reaction.name,
        count=reaction.count,
        me=reaction.me if is_somebodys else UNSET,
        url=emoji.url if emoji else UNSET,
        static_url=emoji.static_url if emoji else UNSET,
    )


def _posts_in(text: Text, addresses: Addresses) -> list[StatusId]:
    """Posts of ours whose addresses stand in the text."""
    ours = re.findall(re.escape(addresses.url) + _OUR_POST.pattern, text.source)
    return list(dict.fromkeys(StatusId(int(found)) for found in ours))


async def _emojis(db: Reader, names: Iterable[str], urls: MediaUrls) -> dict[str, CustomEmoji]:
    """Ours of these names, by name."""
    wanted = sorted(names)
    ids: list[EmojiId] = await emoji_store.named(db, wanted) if wanted else []
    known = await emoji_store.many(db, ids) if ids else {}
    return {emoji.shortcode: emoji for emoji in emojis(known, ids, urls)}
