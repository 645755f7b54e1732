"""Our people's consents to be quoted, which whoever shows a quote looks at."""

from fastapi import APIRouter, Request, Response

from apcore.objects import write_quote_authorization
from chassis.errors import NotFound
from contracts.ids import AccountId, QuoteId
from inbox.audience import signer_of
from inbox.resources import Res, Resources
from inbox.serving import CONFIDENTIAL, AccountNumber, Activity, Number, shown_account
from inbox.visitors import Guest, Visitor, is_barred
from social.federation import quote
from social.quotes import store
from social.quotes.model import Quote
from social.relationships.store import is_blocked
from social.statuses import reading
from social.statuses.model import Status

router = APIRouter()


@router.get("/ap/users/{account_id}/quote_authorizations/{quote_id}")
async def authorization(
    request: Request, account_id: AccountNumber, quote_id: Number, res: Res, visitor: Guest
) -> Response:
    author = await shown_account(res, account_id)
    if await is_barred(res, account_id, visitor):
        raise NotFound
    known = await _standing(res, account_id, QuoteId(quote_id))
    quoting = await reading.visible_to(res.db, known.status_id, None)
    headers = visitor.headers
    if quoting is None:
        quoting, headers = await _seen_by_signer(res, request, visitor, known), CONFIDENTIAL
    return Activity(write_quote_authorization(quote.render_consent(known, quoting.uri, author.uri)), headers=headers)


async def _standing(res: Resources, author: AccountId, quote_id: QuoteId) -> Quote:
    """A quote that the author agreed to. Whoever blocks takes every consent back for so long."""
    known = await store.by_id(res.db, quote_id)
    if known is None or not known.shows or known.quoted_account_id != author or known.approval_uri is None:
        raise NotFound
    if await is_blocked(res.db, author, known.account_id):
        raise NotFound
    return known


async def _seen_by_signer(res: Resources, request: Request, visitor: Visitor, known: Quote) -> Status:
    viewer = await signer_of(res, request, visitor)
    quoting = await reading.visible_to(res.db, known.status_id, viewer) if viewer is not None else None
    if quoting is None:
        raise NotFound
    return quoting
