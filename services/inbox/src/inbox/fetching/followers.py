"""Who of our people follows somebody elsewhere, as that somebody's server has it."""

from apcore import jsonld
from apcore.collections import Item
from apcore.fetch import FetchError
from apcore.jsonld import Malformed
from apcore.synchronization import MOST_FOLLOWERS
from contracts.ids import Uri
from inbox.fetching.pages import fetch_page
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
            page = await fetch_page(res, further, MOST_FOLLOWERS)
            found += page.items
            further = page.next
    except (FetchError, Malformed):
        return None
    uris = frozenset(Uri(item) for item in found if isinstance(item, str))
    return uris if len(uris) == len(found) and all(map(res.addresses.is_ours, uris)) else None
