"""What somebody elsewhere shows at the head of their profile, read from their own server within bounds."""

import asyncio

import msgspec

from apcore import jsonld
from apcore.collections import Item, read_collection, read_page
from apcore.fetch import FetchError
from apcore.jsonld import Malformed
from chassis.errors import Problem
from contracts.ids import Uri
from inbox.fetching.gather import AT_ONCE, Found, gather_status
from inbox.fetching.pages import fetch_collection
from inbox.fetching.statuses import note_of
from inbox.resources import Resources
from social.accounts.model import Account
from social.federation import featured, store


class Featured(msgspec.Struct, frozen=True, kw_only=True):
    """None for what could not be read: what is known of it stays."""

    pinned: tuple[Uri, ...] | None
    posts: tuple[Found, ...]
    """Those of the pinned posts that nobody here knew."""
    tags: tuple[str, ...] | None

    @property
    def names(self) -> set[str]:
        return {name for found in self.posts for name in found.names}


async def fetch_featured(res: Resources, account: Account) -> Featured:
    items = await _items_at(res, account.featured_url)
    tags = await _items_at(res, account.featured_tags_url)
    inlined = {Uri(found.notes[0].id): found for item in items or () if (found := _inlined(account, item))}
    named = (Uri(uri) for item in items or () if (uri := item if isinstance(item, str) else jsonld.uri(item)))
    pinned = [uri for uri in dict.fromkeys(named) if jsonld.same_host(uri, account.uri)][: featured.MOST]
    return Featured(
        pinned=tuple(pinned) if items is not None else None,
        posts=await _unknown(res, account, pinned, inlined),
        tags=tuple(featured.names_in(tags)) if tags is not None else None,
    )


async def _items_at(res: Resources, url: str | None) -> tuple[Item, ...] | None:
    """What stands in the collection or on its first page; None when nothing can be told."""
    if url is None or res.policies.value.is_suspended(jsonld.host_of(url)):
        return None
    try:
        collection = read_collection(await fetch_collection(res, url))
        if collection.items or (collection.first is None and collection.first_page is None):
            return collection.items
        page = collection.first_page or read_page(await fetch_collection(res, collection.first or ""))
    except (FetchError, Malformed):
        return None
    return page.items


def _inlined(account: Account, item: Item) -> Found | None:
    """A post that came along. Its own host served it: the collection lies on the account's."""
    note = note_of(item) if isinstance(item, dict) else None
    own = note is not None and note.attributed_to == account.uri and jsonld.same_host(note.id, account.uri)
    return Found(notes=(note,)) if note is not None and own else None


async def _unknown(res: Resources, account: Account, pinned: list[Uri], inlined: dict[Uri, Found]) -> tuple[Found, ...]:
    known = await store.statuses_by_uri(res.db, pinned) if pinned else {}
    places = asyncio.Semaphore(AT_ONCE)

    async def one(uri: Uri) -> Found:
        if uri in inlined:
            return inlined[uri]
        async with places:
            try:
                found = await gather_status(res, uri)
            except Problem:
                return Found()
        return found if all(note.attributed_to == account.uri for note in found.notes) else Found()

    return tuple(await asyncio.gather(*(one(uri) for uri in pinned if uri not in known)))
