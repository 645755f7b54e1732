"""Quotes by others: what they quote is fetched, and the consent that they name is read where it is kept."""

import datetime as dt

from apcore import jsonld
from apcore.fetch import FetchFailed, FetchRefused
from apcore.jsonld import Malformed
from apcore.objects import QuoteAuthorization, read_quote_authorization
from contracts.events import QuoteAsked
from contracts.ids import Uri
from inbox.fetching.actors import FETCH_SECONDS, Unreachable
from inbox.fetching.gather import gather_status, keep
from inbox.handlers.background import arrival_now
from inbox.metrics import QUOTES
from inbox.resources import Resources
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import quote, store
from social.quotes import actions
from social.quotes import store as quotes
from social.quotes.model import PENDING, REJECTED, Quote
from social.quotes.rules import Turn
from social.statuses import reading
from social.statuses.model import OPEN, Status

DEEPEST = 2
"""Quotes within quotes within quotes are fetched so far, as Mastodon does."""
SOUGHT = dt.timedelta(hours=1)


async def on_asked(res: Resources, event: QuoteAsked) -> None:
    """While another server stays away this raises, and is tried again for an hour."""
    known = await quotes.by_id(res.db, event.quote_id)
    if event.is_local or known is None or known.state not in (PENDING, REJECTED):
        return
    try:
        outcome = await (_fetch(res, known) if known.quoted_status_id is None else _judge(res, known))
    except Unreachable:
        if dt.datetime.now(dt.UTC) - known.updated_at < SOUGHT:
            raise
        outcome = "away"
    QUOTES.labels(outcome).inc()


async def _fetch(res: Resources, known: Quote) -> str:
    """Bring the quoted post; that it is there now asks again about the quote."""
    if await quotes.height_of(res.db, known.status_id, DEEPEST) >= DEEPEST:
        return "too_deep"
    found = await gather_status(res, known.quoted_uri)
    async with res.db.transaction() as tx:
        await store.lock(tx, found.names | {known.quoted_uri})
        kept = await keep(tx, arrival_now(res), found)
        for note, status in zip(found.notes, kept, strict=False):
            if note.id != known.quoted_uri:
                await quotes.set_quoted_uri(tx, known.id, Uri(note.id))
            await actions.join(tx, status)
    return "fetched" if kept else "absent"


async def _judge(res: Resources, known: Quote) -> str:
    quoting = await reading.by_id(res.db, known.status_id)
    author = await accounts.by_id(res.db, known.quoted_account_id) if known.quoted_account_id else None
    if quoting is None or author is None:
        return "absent"
    if author.id == known.account_id:
        return await _settle(res, known, Turn.PROVEN)
    # Who quotes one of ours has to ask; and where no consent is named nobody was asked yet, or ever will be.
    if author.is_local or known.approval_uri is None:
        return "unasked"
    if res.policies.value.hides(author):
        return "hidden"
    if not jsonld.same_host(known.approval_uri, author.uri):
        return "foreign"
    return await _prove(res, known, known.approval_uri, quoting, author)


async def _prove(res: Resources, known: Quote, approval: Uri, quoting: Status, author: Account) -> str:
    try:
        consent = await _consent_at(res, approval)
    except FetchRefused:
        # A quote that is not for everybody may have a consent that is not for us.
        return await _settle(res, known, Turn.REFUSED) if quoting.visibility in OPEN else "hidden"
    if consent is None or not quote.vouches(consent, quoting.uri, known.quoted_uri, author.uri):
        return "unfounded"
    return await _settle(res, known, Turn.PROVEN, author.uri)


async def _consent_at(res: Resources, uri: Uri) -> QuoteAuthorization | None:
    try:
        answer = await res.fetcher.get_document(
            uri, sign_with=await res.identity.signer(), exact=True, seconds=FETCH_SECONDS
        )
        return read_quote_authorization(answer.document)
    except FetchFailed as problem:
        raise Unreachable from problem
    except Malformed:
        return None


async def _settle(res: Resources, known: Quote, turn: Turn, author: Uri | None = None) -> str:
    """Unless the consent was taken back while it was read."""
    async with res.db.transaction() as tx:
        await store.lock(tx, {known.approval_uri or known.quoted_uri})
        fresh = await quotes.by_id(tx, known.id)
        if fresh is None or fresh.approval_uri != known.approval_uri:
            return "changed"
        if author and known.approval_uri and await reading.is_tombstone(tx, known.approval_uri, author):
            turn = Turn.REFUSED
        await actions.settle(tx, fresh, turn)
    return turn.value
