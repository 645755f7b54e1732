"""Finding accounts, posts and tags by what people type."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec
from prometheus_client import Histogram

from apcore.handles import Handle, parse
from api_gateway.neighbours import Resolved
from api_gateway.resources import Resources
from chassis.db import Reader
from contracts.ids import AccountId, Domain, StatusId, Uri
from mastoapi.params import Id
from social.accounts import search, store
from social.accounts.model import Account
from social.errors import ValidationFailed
from social.paging import Page
from social.relationships import store as relationships
from social.statuses import finding, query, reading
from social.statuses.finding import Filter
from social.statuses.query import Sought
from social.tags import store as tag_store
from social.tags.model import Tag

SECONDS = Histogram(
    "murmuration_search_seconds",
    "Time to find what was searched for, in the database",
    ["kind"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 2, 10),
)

LONGEST_QUERY: Final = 500
FURTHEST: Final = 10_000
KINDS: Final = frozenset(["accounts", "statuses", "hashtags"])
NOBODY: Final = AccountId(0)


class AccountSearch(msgspec.Struct, frozen=True):
    q: str = ""
    limit: int = 40
    offset: int = 0
    resolve: bool = False
    following: bool = False


class Query(msgspec.Struct, frozen=True):
    """The parameters of /api/v2/search."""

    q: str = ""
    type: str | None = None
    resolve: bool = False
    following: bool = False
    account_id: Id | None = None
    limit: int = 20
    offset: int = 0
    max_id: Id | None = None
    min_id: Id | None = None
    exclude_unreviewed: bool = False


class Found(msgspec.Struct, frozen=True):
    accounts: Sequence[AccountId] = ()
    statuses: Sequence[StatusId] = ()
    tags: Sequence[Tag] = ()


def bounded(number: int, most: int) -> int:
    return max(0, min(number, most))


async def by_handle(db: Reader, written: str, our_domain: str) -> Account | None:
    handle = parse(written)
    if handle is None:
        return None
    host = None if handle.host in (None, our_domain.lower()) else Domain(handle.host)
    return await store.by_handle(db, handle.username, host)


async def accounts(res: Resources, asked: AccountSearch, viewer: AccountId | None) -> list[AccountId]:
    """An exact handle comes first, and is looked up at its server if asked for."""
    words = asked.q.strip().removeprefix("@")[:LONGEST_QUERY]
    name, at, domain = words.partition("@")
    if not name:
        return []
    limit, offset = bounded(asked.limit, 80) or 40, bounded(asked.offset, FURTHEST)
    exact = await _exactly(res, words, resolve=asked.resolve) if at and not offset and not asked.following else []
    with SECONDS.labels("accounts").time():
        found = await search.resembling(
            res.db,
            search.Names(name, domain),
            res.addresses.domain,
            viewer,
            following=asked.following,
            limit=limit,
            offset=offset,
        )
    near = [account.id for account in found if not res.policies.value.hides(account)]
    return list(dict.fromkeys([*exact, *near]))[:limit]


async def _exactly(res: Resources, handle: str, *, resolve: bool) -> list[AccountId]:
    account = await by_handle(res.db, handle, res.addresses.domain)
    if account is not None:
        return [account.id] if not res.policies.value.hides(account) else []
    found = await res.neighbours.resolve(f"@{handle}") if resolve and parse(handle) else None
    return [AccountId(int(found.id))] if found and found.kind == "account" else []


async def everything(res: Resources, asked: Query, viewer: AccountId | None) -> Found:
    """An address names one thing; other words may find accounts, posts and tags."""
    words = asked.q.strip()[:LONGEST_QUERY]
    if asked.type not in (None, *KINDS):
        raise ValidationFailed("Type is not included in the list")
    if not words:
        return Found()
    if words.startswith(("https://", "http://")) and len(words.split()) == 1:
        return await _at_address(res, words, resolve=asked.resolve and viewer is not None)
    limit = bounded(asked.limit, 40) or 20
    # Without a type an offset could not say of what.
    offset = bounded(asked.offset, FURTHEST) if asked.type else 0
    kinds = {asked.type} if asked.type else _meant(words)
    people = AccountSearch(q=words, limit=limit, offset=offset, resolve=asked.resolve, following=asked.following)
    return Found(
        accounts=await accounts(res, people, viewer) if "accounts" in kinds else (),
        statuses=await _statuses(res, words, asked, viewer, offset) if "statuses" in kinds else (),
        tags=await _tags(res, words, asked, offset) if "hashtags" in kinds else (),
    )


def _meant(words: str) -> AbstractSet[str]:
    """A # asks for tags, a handle for accounts; other words for anything."""
    if words.startswith("#"):
        return {"hashtags"}
    if words.startswith("@") or ("@" in words and parse(words) is not None):
        return {"accounts"}
    return KINDS


async def _tags(res: Resources, words: str, asked: Query, offset: int) -> list[Tag]:
    name = words.removeprefix("#")
    if not name:
        return []
    limit = bounded(asked.limit, 40) or 20
    with SECONDS.labels("hashtags").time():
        return await tag_store.search(res.db, name, reviewed=asked.exclude_unreviewed, limit=limit, offset=offset)


async def _statuses(res: Resources, words: str, asked: Query, viewer: AccountId | None, offset: int) -> list[StatusId]:
    """Only people of ours search in posts."""
    sought = query.parse(words)
    if viewer is None or sought.is_empty:
        return []
    page = Page(limit=bounded(asked.limit, 40) or 20, max_id=asked.max_id, min_id=asked.min_id)
    wanted = await _with_authors(res, sought, asked.account_id, viewer)
    find = finding.with_words if sought.has_words else finding.without_words
    with SECONDS.labels("statuses").time():
        return await find(res.db, viewer, wanted, page, offset)


async def _with_authors(res: Resources, sought: Sought, account_id: int | None, viewer: AccountId) -> Filter:
    typed = (sought.authors | sought.not_authors) - {query.ME}
    known = {query.ME: viewer, **await meant_by(res, typed)}
    authors = frozenset(known[one] for one in sought.authors) if sought.authors else None
    if account_id is not None:
        only = frozenset([AccountId(account_id)])
        authors = only if authors is None else only & authors
    return Filter(sought=sought, authors=authors, not_authors=frozenset(known[one] for one in sought.not_authors))


async def meant_by(res: Resources, typed: Iterable[str]) -> dict[str, AccountId]:
    """Whom the handles mean. One of nobody means nobody: nothing is found then."""
    handles = {one: _name_and_domain(handle, res.addresses.domain) for one in typed if (handle := parse(one))}
    found = await store.many_by_handle(res.db, list(handles.values())) if handles else []
    known = {(account.username.lower(), account.domain): account.id for account in found}
    return {one: known.get(handles[one], NOBODY) if one in handles else NOBODY for one in typed}


def _name_and_domain(handle: Handle, our_domain: str) -> tuple[str, Domain | None]:
    is_ours = handle.host in (None, our_domain.lower())
    return handle.username.lower(), None if is_ours else Domain(handle.host or "")


async def _at_address(res: Resources, url: str, *, resolve: bool) -> Found:
    if (status := await reading.by_uri(res.db, Uri(url))) is not None:
        return Found(statuses=[status.id])
    if (account := await store.by_uri(res.db, Uri(url))) is not None:
        return Found(accounts=[account.id])
    resolved = await res.neighbours.resolve(url) if resolve else None
    return _as_found(resolved) if resolved is not None else Found()


def _as_found(resolved: Resolved) -> Found:
    if resolved.kind == "account":
        return Found(accounts=[AccountId(int(resolved.id))])
    return Found(statuses=[StatusId(int(resolved.id))])


async def hides_circle(db: Reader, account: Account, viewer: AccountId | None) -> bool:
    """Whether the viewer may not know whom the account knows."""
    if account.id == viewer:
        return False
    if account.hide_collections or account.suspended_at is not None:
        return True
    return viewer is not None and await relationships.is_blocked(db, account.id, viewer)


async def without_blocked(db: Reader, ids: Sequence[AccountId], viewer: AccountId | None) -> list[AccountId]:
    """Without those who block the viewer or are blocked by them."""
    if viewer is None or not ids:
        return list(ids)
    circle = await relationships.circle_of(db, viewer, ids)
    return [i for i in ids if i not in circle.blocking and i not in circle.blocked_by]
