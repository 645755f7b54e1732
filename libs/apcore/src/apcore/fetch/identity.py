"""What a document calls itself, held against where it was served."""

from apcore import addresses, jsonld
from apcore.fetch.model import Document, FetchRefused
from apcore.jsonld import Json


def identity_of(document: Json) -> str | None:
    return jsonld.web_uri(document.get("id"))


def is_same(first: str | None, second: str) -> bool:
    """Whether both are one address; a fragment names a part of the same document."""
    one = addresses.parse_url(first) if first else None
    return one is not None and one == addresses.parse_url(second)


def if_same_host(found: Document, asked: str) -> Document:
    """A document served by another host than the one asked, after a redirect, is not its word."""
    if not jsonld.same_host(found.url, asked):
        raise FetchRefused("redirect")
    return found
