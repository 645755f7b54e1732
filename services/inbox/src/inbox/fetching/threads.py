"""A post elsewhere and what its own server knows of the answers to it, asked when somebody opens the thread."""

import asyncio
from collections.abc import Iterable

import msgspec

from apcore import jsonld
from apcore.activities import Update
from apcore.collections import COLLECTION_TYPES, Item, read_collection, read_page
from apcore.fetch import FetchError
from apcore.jsonld import Json, Malformed
from chassis.errors import Problem
from contracts.ids import Uri
from inbox.fetching.actors import Unusable
from inbox.fetching.gather import AT_ONCE, Found, gather_status
from inbox.fetching.statuses import fetch_document, note_of
from inbox.resources import Resources
from social.federation import store
from social.statuses.model import Status

MOST_REPLIES = 20


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """The post as it is shown now, and answers that nobody here knew."""

    update: Update
    answers: tuple[Found, ...]

    @property
    def names(self) -> set[str]:
        return {self.update.object, *(name for found in self.answers for name in found.names)}


async def fetch_thread(res: Resources, status: Status) -> Thread:
    """Raises Unusable or Unreachable when its own server does not show the post."""
    document = await fetch_document(res, status.uri)
    note = note_of(document)
    if note is None or note.id != status.uri:
        raise Unusable
    update = Update(id=f"{note.id}#refresh", actor=note.attributed_to, object=note.id, embedded=document)
    return Thread(update=update, answers=await _unknown(res, await _replies(res, document)))


async def _replies(res: Resources, document: Json) -> list[Uri]:
    """Whom the collection's first pages name: the author's own answers stand on the first, as Mastodon has it."""
    answers: list[Uri] = []
    try:
        written = jsonld.one(document.get("replies"))
        whole = written if isinstance(written, dict) and jsonld.type_of(written) in COLLECTION_TYPES else None
        collection = read_collection(whole or await _fetched(res, jsonld.web_uri(written)))
        page = collection.first_page
        answers += [*_uris(collection.items), *_uris(page.items if page else ())]
        if further := page.next if page else collection.first:
            answers += _uris(read_page(await _fetched(res, further)).items)
    except (FetchError, Malformed):
        pass  # What was read until then is worth having.
    host = jsonld.host_of(str(document.get("id")))
    # An answer is believed from its own host alone, and ours are known.
    wanted = (uri for uri in dict.fromkeys(answers) if not res.addresses.is_ours(uri) and jsonld.host_of(uri))
    return sorted(wanted, key=lambda uri: jsonld.host_of(uri) != host)[:MOST_REPLIES]


async def _fetched(res: Resources, url: str | None) -> Json:
    if url is None or res.policies.value.is_suspended(jsonld.host_of(url)):
        raise Malformed("no collection")
    return (await res.fetcher.get_document(url, sign_with=await res.identity.signer(), any_id=True)).document


def _uris(items: Iterable[Item]) -> list[Uri]:
    named = (item if isinstance(item, str) else jsonld.web_uri(item) for item in items)
    return [Uri(uri) for uri in named if uri]


async def _unknown(res: Resources, uris: list[Uri]) -> tuple[Found, ...]:
    known = await store.statuses_by_uri(res.db, uris) if uris else {}
    places = asyncio.Semaphore(AT_ONCE)

    async def one(uri: Uri) -> Found:
        async with places:
            try:
                return await gather_status(res, uri)
            except Problem:
                return Found()

    return tuple(await asyncio.gather(*(one(uri) for uri in uris if uri not in known)))
