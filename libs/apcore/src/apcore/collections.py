"""Collections and their pages, written and read."""

from collections.abc import Sequence
from typing import Any

import msgspec

from apcore import jsonld
from apcore.context import ACTIVITYSTREAMS, CONTEXT
from apcore.jsonld import Json, Malformed

COLLECTION_TYPES = frozenset({"Collection", "OrderedCollection"})
PAGE_TYPES = frozenset({"CollectionPage", "OrderedCollectionPage"})
MAX_ITEMS = 500

Item = str | Json


class Page(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    part_of: str | None = None
    items: tuple[Item, ...] = ()  # Addresses, or whole documents where the peer inlined them.
    next: str | None = None
    prev: str | None = None


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    total: int | None = None
    items: tuple[Item, ...] = ()
    first: str | None = None  # Absent for followers and following: the collection is hidden.
    first_page: Page | None = None
    last: str | None = None


def is_collection(document: Json) -> bool:
    return jsonld.type_of(document) in COLLECTION_TYPES


def read_collection(document: Json, most: int = MAX_ITEMS) -> Collection:
    """The collection; a first page that came along with it is read too. Of each `most` items at the most."""
    document = jsonld.normal(document)
    if not is_collection(document):
        raise Malformed("not a collection")
    page = jsonld.embedded(document.get("first"))
    return Collection(
        id=jsonld.web_uri(document.get("id")),
        total=jsonld.integer(document.get("totalItems")),
        items=_items(document, most),
        first=jsonld.web_uri(document.get("first")),
        first_page=read_page(page, most) if page and jsonld.type_of(page) in PAGE_TYPES else None,
        last=jsonld.web_uri(document.get("last")),
    )


def read_page(document: Json, most: int = MAX_ITEMS) -> Page:
    document = jsonld.normal(document)
    if jsonld.type_of(document) not in PAGE_TYPES:
        raise Malformed("not a page of a collection")
    return Page(
        id=jsonld.web_uri(document.get("id")),
        part_of=jsonld.web_uri(document.get("partOf")),
        items=_items(document, most),
        next=jsonld.web_uri(document.get("next")),
        prev=jsonld.web_uri(document.get("prev")),
    )


def _items(document: Json, most: int) -> tuple[Item, ...]:
    written = document.get("orderedItems") or document.get("items")
    values = written if isinstance(written, list) else jsonld.many(written)
    found = (value if isinstance(value, dict) else jsonld.web_uri(value) for value in values[:most])
    return tuple(item for item in found if item)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection names as far as it came along, and where it goes on."""

    items: tuple[str, ...] = ()
    next: str | None = None
    is_begun: bool = False  # Whether a page came along, be it empty.


def read_listed(value: object) -> Listed:
    """Of a collection, a page of one, or the address of either, such as a post's `replies`."""
    document = jsonld.embedded(value)
    if document is not None and jsonld.type_of(document) in PAGE_TYPES:
        page = read_page(document)
        return Listed(items=_addresses(page.items), next=page.next, is_begun=True)
    if document is None or not is_collection(document):
        return Listed(next=jsonld.web_uri(value))
    collection = read_collection(document)
    first = collection.first_page
    items = _addresses((*collection.items, *(first.items if first else ())))
    further = first.next if first else collection.first
    # One that is only named, with its size perhaps, has to be asked for.
    is_begun = bool(items or first)
    return Listed(items=items, next=further or (None if is_begun else collection.id), is_begun=is_begun)


def _addresses(items: Sequence[Item]) -> tuple[str, ...]:
    named = (item if isinstance(item, str) else jsonld.web_uri(item) for item in items)
    return tuple(dict.fromkeys(uri for uri in named if uri))


def write_collection(
    identity: str,
    *,
    total: int,
    first: str | Page | None = None,
    last: str | None = None,
    items: Sequence[Item] | None = None,
    ordered: bool = True,
) -> Json:
    """A collection: with its items when they are few, else with the address of its first page."""
    kind = "OrderedCollection" if ordered else "Collection"
    document: Json = {
        "@context": _context(items),
        "id": identity,
        "type": kind,
        "totalItems": total,
    }
    if isinstance(first, Page):
        document["first"] = _without_context(write_page(first, ordered=ordered))
    elif first:
        document["first"] = first
    if last:
        document["last"] = last
    if items is not None:
        document["orderedItems" if ordered else "items"] = _bare(items)
    return document


def write_page(page: Page, *, total: int | None = None, ordered: bool = True) -> Json:
    document: Json = {
        "@context": _context(page.items),
        "id": page.id,
        "type": "OrderedCollectionPage" if ordered else "CollectionPage",
        "totalItems": total,
        "partOf": page.part_of,
        "next": page.next,
        "prev": page.prev,
        "orderedItems" if ordered else "items": _bare(page.items),
    }
    return {key: value for key, value in document.items() if value is not None}


def _context(items: Sequence[Item] | None) -> Any:
    rich = any(isinstance(item, dict) for item in items or ())
    return list(CONTEXT) if rich else ACTIVITYSTREAMS


def _bare(items: Sequence[Item]) -> list[Item]:
    return [_without_context(item) if isinstance(item, dict) else item for item in items]


def _without_context(document: Json) -> Json:
    return {key: value for key, value in document.items() if key != "@context"}
