"""Polls as clients get them: with the status they are part of, or by themselves."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from msgspec import UNSET

from chassis.clock import utc_now
from chassis.db import Reader
from contracts.ids import AccountId, EmojiId, PollId
from mastoapi.entities.accounts import CustomEmoji
from mastoapi.entities.statuses import Poll as PollEntity
from mastoapi.entities.statuses import PollOption
from mastoapi.entities.times import timestamp_or_none
from mastoapi.present.files import emojis as emojis_from
from mastoapi.present.urls import MediaUrls
from social.emojis import store as emojis
from social.emojis.model import Emoji
from social.emojis.text import shortcodes_in
from social.errors import NoSuchRecord
from social.polls import store
from social.polls.model import Poll
from social.statuses import reading


async def poll(db: Reader, poll_id: PollId, viewer: AccountId | None, urls: MediaUrls) -> PollEntity:
    """The poll, if the viewer may see the status it is part of."""
    found = await store.by_id(db, poll_id)
    if found is None or await reading.visible_to(db, found.status_id, viewer) is None:
        raise NoSuchRecord
    return await shown_poll(db, found, viewer, urls)


async def shown_poll(db: Reader, found: Poll, viewer: AccountId | None, urls: MediaUrls) -> PollEntity:
    """A poll that the viewer may see, with the numbers it is given with."""
    own = await store.choices_of(db, found.id, viewer) if viewer is not None else ()
    status = await reading.by_id(db, found.status_id)
    known = await emojis.many(db, status.emoji_ids) if status and shortcodes_in(*found.options) else {}
    return poll_from(found, own, emojis_of(found, known, list(known), urls), viewer, utc_now())


def emojis_of(
    found: Poll, known: Mapping[EmojiId, Emoji], ids: Sequence[EmojiId], urls: MediaUrls
) -> list[CustomEmoji]:
    """Those of the status's custom emojis that the options use."""
    codes = set(shortcodes_in(*found.options))
    return emojis_from(known, [i for i in ids if i in known and known[i].shortcode in codes], urls)


def poll_from(
    found: Poll, own: Collection[int], pictures: list[CustomEmoji], viewer: AccountId | None, now: dt.datetime
) -> PollEntity:
    """`own` are the viewer's choices."""
    shows = found.shows_totals(now)
    # Numbers are counted a moment after the vote: nobody is shown that they did not vote.
    votes = [max(count, int(choice in own)) for choice, count in enumerate(found.votes)]
    return PollEntity(
        id=str(found.id),
        expires_at=timestamp_or_none(found.expires_at),
        expired=found.is_over(now),
        multiple=found.multiple,
        votes_count=sum(votes),
        voters_count=max(found.voters, int(bool(own))) if found.voters is not None else None,
        options=[
            PollOption(title=title, votes_count=count if shows else None)
            for title, count in zip(found.options, votes, strict=True)
        ],
        emojis=pictures,
        voted=UNSET if viewer is None else bool(own) or viewer == found.account_id,
        own_votes=UNSET if viewer is None else sorted(own),
    )
