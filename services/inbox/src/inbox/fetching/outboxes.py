"""What somebody elsewhere posted of late, read from their outbox within bounds."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import msgspec

from apcore import jsonld
from apcore.collections import Item
from apcore.fetch import FetchError
from apcore.jsonld import Malformed
from apcore.objects import Note
from chassis.errors import Problem
from contracts.ids import Uri
from inbox.fetching.gather import AT_ONCE, Found, gather_status
from inbox.fetching.pages import fetch_page
from inbox.fetching.statuses import note_of
from inbox.resources import Resources
from social.accounts.model import Account
from social.federation import store

MOST_PAGES = 3
MOST_POSTS = 60
MOST_FETCHED = 20
"""Posts that are only named, and have to be asked for one by one."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The time that is asked about; what is younger is delivered."""

    since: dt.datetime | None
    before: dt.datetime

    def holds(self, note: Note) -> bool:
        if note.published is None or note.published >= self.before:
            return False
        return self.since is None or note.published >= self.since


async def fetch_outbox(res: Resources, account: Account, span: Span) -> list[Found]:
    """Posts of the account's own that nobody here knows, oldest first; as much as can be had."""
    items = await _items(res, account, span)
    inlined = {Uri(note.id): note for item in items if (note := _own(account, item)) is not None}
    named = [uri for item in items if (uri := _named(item)) and jsonld.same_host(uri, account.uri)]
    uris = list(dict.fromkeys((*inlined, *named)))[:MOST_POSTS]
    known = await store.statuses_by_uri(res.db, uris) if uris else {}
    posts = {uri: Found(notes=(note,)) for uri, note in inlined.items() if uri not in known and span.holds(note)}
    asked = [uri for uri in uris if uri not in known and uri not in inlined][:MOST_FETCHED]
    found = [*posts.values(), *await _fetched(res, account, asked, span)]
    return sorted(found, key=lambda one: one.notes[0].published or span.before)


async def _items(res: Resources, account: Account, span: Span) -> list[Item]:
    """Of the first pages, until they are older than what is asked about."""
    found: list[Item] = []
    further = account.outbox_url
    try:
        for _ in range(MOST_PAGES + 1):
            if further is None or not jsonld.same_host(further, account.uri):
                break
            page = await fetch_page(res, further)
            found += page.items
            further = page.next
            if len(found) >= MOST_POSTS or (page.items and _is_older(account, page.items, span)):
                break
    except (FetchError, Malformed):
        pass  # What was read until then is worth having.
    return found


def _is_older(account: Account, items: Sequence[Item], span: Span) -> bool:
    last = next((note for item in reversed(items) if (note := _own(account, item)) is not None), None)
    return last is not None and last.published is not None and span.since is not None and last.published < span.since


def _own(account: Account, item: Item) -> Note | None:
    """A post that came along. Its own host served it: the outbox lies on the account's."""
    note = note_of(item) if isinstance(item, dict) else None
    own = note is not None and note.attributed_to == account.uri and jsonld.same_host(note.id, account.uri)
    return note if own else None


def _named(item: Item) -> Uri | None:
    """The post that is said to have been made. Boosts are none."""
    if isinstance(item, str):
        return None
    named = jsonld.web_uri(item.get("object")) if jsonld.type_of(item) == "Create" else None
    return Uri(named) if named else None


async def _fetched(res: Resources, account: Account, uris: Sequence[Uri], span: Span) -> list[Found]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(uri: Uri) -> Found | None:
        async with places:
            try:
                found = await gather_status(res, uri)
            except Problem:
                return None
        own = found.notes and found.notes[0].attributed_to == account.uri and span.holds(found.notes[0])
        return found if own else None

    return [found for found in await asyncio.gather(*map(one, uris)) if found is not None]
