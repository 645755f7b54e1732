"""The collections of our accounts."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response

from apcore import activities, collections
from apcore.collections import write_collection, write_page
from apcore.objects import Hashtag, write_note
from apcore.objects.write import write_hashtag
from chassis.errors import NotFound
from contracts.ids import AccountId, StatusId
from inbox import fetched
from inbox.resources import Res, Resources
from inbox.serving import AccountNumber, Activity, Bound, shown_account
from inbox.visitors import Guest, Visitor, is_barred
from social.accounts import store as accounts
from social.featured_tags import store as featured_tags
from social.federation import announce, note, store
from social.federation.note import Material
from social.paging import Page
from social.relationships import listing
from social.statuses import reading
from social.statuses.model import Status

router = APIRouter()

OUTBOX_PAGE = 20
FOLLOWS_PAGE = 12
FEATURED = 10


@router.get("/ap/users/{account_id}/outbox")
async def outbox(  # what a page is asked for with
    request: Request,
    account_id: AccountNumber,
    res: Res,
    visitor: Guest,
    page: bool = False,
    max_id: Bound = None,
    min_id: Bound = None,
) -> Response:
    account = await shown_account(res, account_id)
    address = f"{account.uri}/outbox"
    if await is_barred(res, account_id, visitor):
        return _nothing(visitor, address)
    if not page:
        counts = (await accounts.counts_of(res.db, [account_id])).get(account_id)
        total = counts.statuses if counts else 0
        last = f"{address}?min_id=0&page=true"
        return Activity(
            write_collection(address, total=total, first=f"{address}?page=true", last=last), headers=visitor.headers
        )
    bounds = Page(limit=OUTBOX_PAGE, max_id=max_id, min_id=min_id)
    ids = await reading.of_account(res.db, account_id, None, bounds)
    found = await note.materials(res.db, ids)
    said = [activities.write(activity_of(res, found[i], found)) for i in ids if i in found]
    answer = Activity(write_page(_page_of(address, ids, tuple(said))), headers=visitor.headers)
    answer.background = fetched.noting(res, request, _whole(found, ids))
    return answer


def _whole(found: Mapping[StatusId, Material], ids: Sequence[StatusId]) -> list[Status]:
    """Those that are shown with their words."""
    statuses = [found[i].full.status for i in ids if i in found]
    return [status for status in statuses if status.reblog_of_id is None]


def _nothing(visitor: Visitor, address: str, *, ordered: bool = True) -> Response:
    """What somebody sees who is to see nothing."""
    return Activity(write_collection(address, total=0, items=[], ordered=ordered), headers=visitor.headers)


def _page_of(address: str, ids: list[StatusId], items: tuple[collections.Item, ...]) -> collections.Page:
    return collections.Page(
        id=f"{address}?page=true",
        part_of=address,
        items=items,
        next=f"{address}?max_id={ids[-1]}&page=true" if len(ids) == OUTBOX_PAGE else None,
        prev=f"{address}?min_id={ids[0]}&page=true" if ids else None,
    )


def activity_of(res: Resources, material: Material, others: dict[StatusId, Material]) -> activities.Activity:
    """The Create of a post, or the Announce that a boost is."""
    status = material.full.status
    if status.reblog_of_id is None:
        return note.render_create(note.render(res.addresses, material))
    original = others.get(status.reblog_of_id)
    if original is None:
        raise NotFound
    return announce.render(material.author, status, original.full.status, original.author.uri)


@router.get("/ap/users/{account_id}/followers")
async def followers(
    account_id: AccountNumber, res: Res, visitor: Guest, page: bool = False, max_id: Bound = None
) -> Response:
    total, _ = await store.follow_totals(res.db, account_id)
    return await _follows(res, visitor, account_id, "followers", total, max_id if page else 0)


@router.get("/ap/users/{account_id}/following")
async def following(
    account_id: AccountNumber, res: Res, visitor: Guest, page: bool = False, max_id: Bound = None
) -> Response:
    _, total = await store.follow_totals(res.db, account_id)
    return await _follows(res, visitor, account_id, "following", total, max_id if page else 0)


async def _follows(
    res: Resources, visitor: Visitor, account_id: AccountId, which: str, total: int, max_id: int | None
) -> Response:
    """The collection itself for 0, else a page of it. Who hides it shows its size alone."""
    account = await shown_account(res, account_id)
    address = f"{account.uri}/{which}"
    if await is_barred(res, account_id, visitor):
        return _nothing(visitor, address)
    if max_id == 0:
        first = None if account.hide_collections else f"{address}?page=true"
        return Activity(write_collection(address, total=total, first=first), headers=visitor.headers)
    if account.hide_collections:
        raise NotFound
    read = listing.followers_of if which == "followers" else listing.following_of
    pairs = await read(res.db, account_id, Page(limit=FOLLOWS_PAGE, max_id=max_id))
    people = await accounts.many(res.db, [person for _, person in pairs])
    page = collections.Page(
        id=f"{address}?page=true" + (f"&max_id={max_id}" if max_id else ""),
        part_of=address,
        items=tuple(people[person].uri for _, person in pairs if person in people),
        next=f"{address}?max_id={pairs[-1][0]}&page=true" if len(pairs) == FOLLOWS_PAGE else None,
    )
    return Activity(write_page(page, total=total), headers=visitor.headers)


@router.get("/ap/users/{account_id}/collections/featured")
async def featured(request: Request, account_id: AccountNumber, res: Res, visitor: Guest) -> Response:
    account = await shown_account(res, account_id)
    address = account.featured_url or f"{account.uri}/collections/featured"
    if await is_barred(res, account_id, visitor):
        return _nothing(visitor, address)
    ids = await reading.of_account(res.db, account_id, None, Page(limit=FEATURED), pinned=True)
    found = await note.materials(res.db, ids)
    items = [write_note(note.render(res.addresses, found[i])) for i in ids if i in found]
    answer = Activity(write_collection(address, total=len(items), items=items), headers=visitor.headers)
    answer.background = fetched.noting(res, request, _whole(found, ids))
    return answer


@router.get("/ap/users/{account_id}/collections/tags")
async def tags(account_id: AccountNumber, res: Res, visitor: Guest) -> Response:
    account = await shown_account(res, account_id)
    address = res.addresses.featured_tags(account_id)
    if await is_barred(res, account_id, visitor):
        return _nothing(visitor, address, ordered=False)
    found = await featured_tags.of_account(res.db, account_id)
    page = res.addresses.profile_page(account.username)
    items = [write_hashtag(Hashtag(name=one.name, href=f"{page}/tagged/{one.tag}")) for one in found]
    document = write_collection(address, total=len(items), items=items, ordered=False)
    return Activity(document, headers=visitor.headers)


@router.get("/actor/{collection}")
async def of_instance_actor(collection: str, res: Res) -> Response:
    """The server's own actor posts nothing and follows nobody."""
    if collection not in ("outbox", "followers", "following"):
        raise NotFound
    return Activity(write_collection(f"{res.addresses.instance_actor}/{collection}", total=0, items=[]))
