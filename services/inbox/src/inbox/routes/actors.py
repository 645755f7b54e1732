"""Our accounts as actors."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from apcore.actors import write_actor
from chassis.errors import NotFound
from inbox.resources import Res, Resources
from inbox.serving import VARY, AccountNumber, Activity, is_deleted, local_account, missing, to_page, wants_page
from inbox.visitors import GuestOrReader, Visitor
from social.accounts import store as accounts
from social.accounts.model import INSTANCE_ACTOR, Account
from social.emojis import store as emojis
from social.federation import actor as actors

router = APIRouter()


@router.get("/ap/users/{account_id}")
async def actor(request: Request, account_id: AccountNumber, res: Res, visitor: GuestOrReader) -> Response:
    account = await local_account(res, account_id)
    if account is None or await is_deleted(res, account):
        return await missing(res.db, visitor.headers, res.addresses.account(account_id))
    if wants_page(request):
        return to_page(account.url or res.settings.url)
    return await _shown(res, account, visitor)


@router.get("/actor")
async def instance_actor(res: Res) -> Response:
    """For everybody, in every mode: whoever verifies what we sign asks for its key."""
    account = await accounts.by_id(res.db, INSTANCE_ACTOR)
    if account is None:
        raise NotFound
    return await _shown(res, account, Visitor())


@router.get("/users/{username}")
async def by_name(username: str, res: Res, _: GuestOrReader) -> Response:
    account = await accounts.by_handle(res.db, username, None)
    if account is None:
        raise NotFound
    return RedirectResponse(account.uri, 301, VARY)


async def _shown(res: Resources, account: Account, visitor: Visitor) -> Response:
    pictures = await emojis.many(res.db, account.emoji_ids) if account.emoji_ids else {}
    successor = await accounts.by_id(res.db, account.moved_to_id) if account.moved_to_id else None
    document = actors.render(
        res.addresses, account, emojis=list(pictures.values()), moved_to=successor.uri if successor else None
    )
    return Activity(write_actor(document), headers=visitor.headers)
