"""Finding accounts, posts and tags by what people type."""

from collections.abc import Sequence

import msgspec

from apcore.handles import parse
from api_gateway.neighbours import Neighbours, Resolved
from chassis.db import Reader
from contracts.ids import AccountId, Domain, StatusId, Uri
from mastoapi.params import Id
from social.accounts import store
from social.accounts.model import Account
from social.errors import ValidationFailed
from social.paging import Page
from social.relationships import store as relationships
from social.statuses import listing, reading
from social.tags import store as tag_store
from social.tags.model import Tag

LONGEST_QUERY = 500


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


async def accounts(
    db: Reader, neighbours: Neighbours, our_domain: str, asked: AccountSearch, viewer: AccountId | None
) -> list[AccountId]:
    """An exact handle comes first, and is looked up at its server if asked for."""
    words = asked.q.strip().removeprefix("@")[:LONGEST_QUERY]
    if not words:
        return []
    limit, offset = bounded(asked.limit, 80) or 40, bounded(asked.offset, 10_000)
    exact: list[AccountId] = []
    if "@" in words and offset == 0 and not asked.following:
        account = await by_handle(db, words, our_domain)
        if account is not None and account.suspended_at is None:
            exact = [account.id]
        elif account is None and asked.resolve and parse(words):
            exact = [AccountId(int(r.id)) for r in [await neighbours.resolve(f"@{words}")] if r and r.kind == "account"]
    name = words.partition("@")[0] or words
    found = await store.search(db, name, viewer=viewer, following_only=asked.following, limit=limit, offset=offset)
    near = [a.id for a in found if "@" not in words or (a.domain or our_domain).startswith(words.partition("@")[2])]
    return list(dict.fromkeys([*exact, *near]))[:limit]


async def everything(
    db: Reader, neighbours: Neighbours, our_domain: str, asked: Query, viewer: AccountId | None
) -> Found:
    """An address names one thing; other words may find accounts, posts and tags."""
    words = asked.q.strip()[:LONGEST_QUERY]
    if asked.type not in (None, "accounts", "statuses", "hashtags"):
        raise ValidationFailed("Type is not included in the list")
    if not words:
        return Found()
    if words.startswith(("https://", "http://")):
        return await _at_address(db, neighbours, words, resolve=asked.resolve and viewer is not None)
    limit, offset = bounded(asked.limit, 40) or 20, bounded(asked.offset, 10_000)
    people = AccountSearch(q=words, limit=limit, offset=offset, resolve=asked.resolve, following=asked.following)
    return Found(
        accounts=await accounts(db, neighbours, our_domain, people, viewer) if _wants(asked, "accounts", words) else (),
        statuses=await _statuses(db, words, asked, viewer, limit, offset) if _wants(asked, "statuses", words) else (),
        tags=await tag_store.search(db, words.lstrip("#"), limit=limit, offset=offset)
        if _wants(asked, "hashtags", words)
        else (),
    )


def _wants(asked: Query, kind: str, words: str) -> bool:
    """A # asks for tags, a handle for accounts; everything else for what the type says."""
    if asked.type is not None:
        return asked.type == kind
    if words.startswith("#"):
        return kind == "hashtags"
    if words.startswith("@") or ("@" in words and parse(words) is not None):
        return kind == "accounts"
    return True


async def _statuses(
    db: Reader, words: str, asked: Query, viewer: AccountId | None, limit: int, offset: int
) -> list[StatusId]:
    """Only people of ours search in posts."""
    if viewer is None:
        return []
    page = Page(limit=limit, max_id=asked.max_id, min_id=asked.min_id)
    author = AccountId(asked.account_id) if asked.account_id is not None else None
    return await listing.with_words(db, words, viewer, page, author=author, offset=offset)


async def _at_address(db: Reader, neighbours: Neighbours, url: str, *, resolve: bool) -> Found:
    if (status := await reading.by_uri(db, Uri(url))) is not None:
        return Found(statuses=[status.id])
    if (account := await store.by_uri(db, Uri(url))) is not None:
        return Found(accounts=[account.id])
    resolved = await neighbours.resolve(url) if resolve else None
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
