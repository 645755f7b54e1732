"""Who of our people follows somebody elsewhere, as that somebody's server has it."""

from apcore import jsonld
from apcore.collections import PAGE_TYPES, Item, Page, read_collection, read_page
from apcore.fetch import FetchError
from apcore.jsonld import Json, Malformed
from apcore.synchronization import MOST_FOLLOWERS
from contracts.ids import Uri
from inbox.fetching.actors import FETCH_SECONDS
from inbox.resources import Resources
from social.accounts.model import Account

MOST_PAGES = 10


async def fetch_followers(res: Resources, account: Account, url: str) -> frozenset[Uri] | None:
    """None when it cannot be read, or names others than our people."""
    found: list[Item] = []
    further: str | None = url
    try:
        for _ in range(MOST_PAGES):
            if further is None or not jsonld.same_host(further, account.uri):
                break
            page = _page_in(await _document(res, further))
            found += page.items
            further = page.next
    except (FetchError, Malformed):
        return None
    uris = frozenset(Uri(item) for item in found if isinstance(item, str))
    return uris if len(uris) == len(found) and all(map(res.addresses.is_ours, uris)) else None


def _page_in(document: Json) -> Page:
    """A page; of a collection what stands in it or is inlined, and where it begins."""
    if jsonld.type_of(document) in PAGE_TYPES:
        return read_page(document, MOST_FOLLOWERS)
    collection = read_collection(document, MOST_FOLLOWERS)
    return collection.first_page or Page(items=collection.items, next=collection.first)


async def _document(res: Resources, url: str) -> Json:
    signer = await res.identity.signer()
    return (await res.fetcher.get_document(url, sign_with=signer, any_id=True, seconds=FETCH_SECONDS)).document
