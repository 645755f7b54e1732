"""Collections at other servers, and their pages."""

from apcore import jsonld
from apcore.collections import MAX_ITEMS, PAGE_TYPES, Page, read_collection, read_page
from apcore.jsonld import Json
from inbox.fetching.actors import FETCH_SECONDS
from inbox.resources import Resources


async def fetch_collection(res: Resources, url: str) -> Json:
    """A collection or a page, which may have no id. Raises FetchError."""
    signer = await res.identity.signer()
    return (await res.fetcher.get_document(url, sign_with=signer, any_id=True, seconds=FETCH_SECONDS)).document


async def fetch_page(res: Resources, url: str, most: int = MAX_ITEMS) -> Page:
    """A page; of a collection what stands in it or is inlined, and where it begins. Raises FetchError or Malformed."""
    document = await fetch_collection(res, url)
    if jsonld.type_of(document) in PAGE_TYPES:
        return read_page(document, most)
    collection = read_collection(document, most)
    return collection.first_page or Page(items=collection.items, next=collection.first)
