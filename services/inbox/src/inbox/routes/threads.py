"""The answers to our posts, and conversations that began here, as collections."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from apcore.collections import Page, write_collection, write_page
from chassis.errors import NotFound
from contracts.ids import Uri
from inbox.audience import seen_by
from inbox.resources import Res
from inbox.serving import AccountNumber, Activity, Bound, Number, StatusNumber, missing_of_status
from inbox.visitors import Guest
from social.federation import answers, note
from social.statuses import threads
from social.statuses.model import Answer

router = APIRouter()

PAGE = 60


@router.get("/ap/users/{account_id}/statuses/{status_id}/replies")
async def replies(  # what a page is asked for with
    request: Request,
    account_id: AccountNumber,
    status_id: StatusNumber,
    res: Res,
    visitor: Guest,
    page: bool = False,
    only_other_accounts: bool = False,
    min_id: Bound = None,
) -> Response:
    seen = await seen_by(res, request, visitor, account_id, status_id)
    if seen is None:
        return await missing_of_status(res, visitor.headers, account_id, status_id, "/replies")
    address, by_author = answers.address(seen.status), not only_other_accounts
    found = await threads.replies_to(res.db, seen.status, PAGE, by_author=by_author, after=min_id or 0)
    further = answers.after(seen.status, found, PAGE, by_author=by_author)
    named = answers.others(seen.status) if only_other_accounts else f"{address}?page=true"
    first = _page(address, named, found, further, min_id)
    if page:
        return Activity(write_page(first, ordered=False), headers=seen.headers)
    full = (await note.materials(res.db, [status_id]))[status_id].full
    total = max(full.replies, len(found))
    return Activity(write_collection(address, total=total, first=first, ordered=False), headers=seen.headers)


@router.get("/ap/contexts/{conversation_id}")
async def context(
    conversation_id: Number, res: Res, visitor: Guest, page: bool = False, min_id: Bound = None
) -> Response:
    address = res.addresses.conversation(conversation_id)
    found = await threads.statuses_in(res.db, conversation_id, PAGE, after=min_id or 0)
    further = f"{address}?page=true&min_id={found[-1].id}" if len(found) == PAGE else None
    first = _page(address, f"{address}?page=true", found, further, min_id)
    if page:
        return Activity(write_page(first, ordered=False), headers=visitor.headers)
    total = await threads.count_in(res.db, conversation_id)
    if not total:
        raise NotFound
    document = write_collection(address, total=total, first=first, ordered=False)
    return Activity(document, headers=visitor.headers)


def _page(address: Uri, named: str, found: Sequence[Answer], further: str | None, after: int | None) -> Page:
    return Page(
        id=f"{named}&min_id={after}" if after else named,
        part_of=address,
        items=tuple(answer.uri for answer in found),
        next=further,
    )
