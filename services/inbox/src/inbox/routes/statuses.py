"""Our posts as notes, with their collections."""

from fastapi import APIRouter, Request, Response

from apcore import activities
from apcore.collections import write_collection
from apcore.objects import write_note
from chassis.errors import NotFound
from inbox import fetched
from inbox.audience import Seen, seen_by
from inbox.resources import Res, Resources
from inbox.routes.collections import activity_of
from inbox.serving import AccountNumber, Activity, StatusNumber, missing_of_status, to_page, wants_page
from inbox.visitors import Guest, GuestOrReader
from social.federation import note

router = APIRouter()


@router.get("/ap/users/{account_id}/statuses/{status_id}")
async def status(
    request: Request, account_id: AccountNumber, status_id: StatusNumber, res: Res, visitor: GuestOrReader
) -> Response:
    seen = await seen_by(res, request, visitor, account_id, status_id)
    if seen is None:
        return await missing_of_status(res, visitor.headers, account_id, status_id)
    if wants_page(request):
        return to_page(seen.status.url or seen.status.uri)
    if seen.status.reblog_of_id is not None:
        return await _activity(res, request, seen)
    found = await note.materials(res.db, [status_id])
    answer = Activity(write_note(note.render(res.addresses, found[status_id])), headers=seen.headers)
    answer.background = fetched.noting(res, request, [seen.status])
    return answer


@router.get("/ap/users/{account_id}/statuses/{status_id}/activity")
async def activity(
    request: Request, account_id: AccountNumber, status_id: StatusNumber, res: Res, visitor: Guest
) -> Response:
    seen = await seen_by(res, request, visitor, account_id, status_id)
    if seen is None:
        return await missing_of_status(res, visitor.headers, account_id, status_id, "/activity")
    return await _activity(res, request, seen)


async def _activity(res: Resources, request: Request, seen: Seen) -> Response:
    found = await note.materials(res.db, [seen.status.id])
    answer = Activity(activities.write(activity_of(res, found[seen.status.id], found)), headers=seen.headers)
    if seen.status.reblog_of_id is None:
        answer.background = fetched.noting(res, request, [seen.status])
    return answer


@router.get("/ap/users/{account_id}/statuses/{status_id}/{collection}")
async def collection(
    request: Request, account_id: AccountNumber, status_id: StatusNumber, collection: str, res: Res, visitor: Guest
) -> Response:
    seen = await seen_by(res, request, visitor, account_id, status_id)
    if collection not in ("likes", "shares"):
        raise NotFound
    if seen is None:
        return await missing_of_status(res, visitor.headers, account_id, status_id, f"/{collection}")
    full = (await note.materials(res.db, [status_id]))[status_id].full
    total = {"likes": full.favourites, "shares": full.reblogs}[collection]
    document = write_collection(f"{seen.status.uri}/{collection}", total=total, ordered=False)
    return Activity(document, headers=seen.headers)
