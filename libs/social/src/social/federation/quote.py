"""May I quote you? The question, its answers, the consent itself and taking it back (FEP-044f)."""

import hashlib

from apcore import jsonld, objects
from apcore.activities import Accept, Delete, QuoteRequest, Reject, write
from apcore.context import PUBLIC
from apcore.jsonld import Json
from apcore.objects import Note, QuoteAuthorization
from chassis.db import Tx
from contracts.events import QuoteAnswered
from contracts.ids import Uri
from social.accounts.model import Account
from social.federation import keeping, store
from social.federation.arrival import Arrival
from social.federation.outcome import Outcome
from social.quotes import actions
from social.quotes import store as quotes
from social.quotes.model import ACCEPTED, Quote
from social.quotes.rules import Turn
from social.statuses import reading
from social.statuses.model import OPEN, Status


async def receive_request(tx: Tx, arrival: Arrival, actor: Account, request: QuoteRequest) -> Outcome:
    """Our author's policy answers. The event makes delivery send the Accept or the Reject."""
    quoted = await reading.by_uri(tx, Uri(request.object))
    # What is not for everybody is quoted by nobody; that there is something is not told.
    if quoted is None or not quoted.is_local or quoted.visibility not in OPEN or quoted.reblog_of_id is not None:
        return Outcome.UNKNOWN_OBJECT
    if not request.id or not jsonld.same_host(request.instrument, actor.uri):
        return Outcome.FOREIGN
    if await actions.approval_of(tx, quoted.id, actor.id) != "automatic":
        await _refuse(tx, actor, request, quoted)
        return Outcome.NOT_ALLOWED
    asking = await _asking(tx, arrival, actor, request)
    known = await quotes.of_status(tx, asking.id) if asking is not None and asking.account_id == actor.id else None
    if asking is None or known is None or known.quoted_status_id != quoted.id:
        return Outcome.UNMATCHED
    approval = arrival.addresses.quote_authorization(quoted.account_id, known.id)
    if not await actions.settle(tx, known, Turn.PROVEN, approval_uri=approval) and known.state != ACCEPTED:
        await _refuse(tx, actor, request, quoted)
        return Outcome.NOT_ALLOWED
    if asking.visibility not in OPEN:
        # Whoever is quoted may read it.
        await store.add_silent_mention(tx, asking.id, quoted.account_id)
    tx.emit(_answer(actor, request, quoted, approval))
    return Outcome.DONE


async def _asking(tx: Tx, arrival: Arrival, actor: Account, request: QuoteRequest) -> Status | None:
    """The post that wants to quote: known, fetched by now, or inlined in the question."""
    if known := await reading.by_uri(tx, Uri(request.instrument)):
        return known
    if request.embedded_instrument is None or await reading.is_tombstone(tx, Uri(request.instrument), actor.uri):
        return None
    return await keeping.keep_asking(tx, arrival, actor, request.embedded_instrument)


async def _refuse(tx: Tx, actor: Account, request: QuoteRequest, quoted: Status) -> None:
    asking = await reading.by_uri(tx, Uri(request.instrument))
    known = await quotes.of_status(tx, asking.id) if asking is not None and asking.account_id == actor.id else None
    if known is not None and known.quoted_status_id == quoted.id and known.state != ACCEPTED:
        await actions.settle(tx, known, Turn.REFUSED)
    tx.emit(_answer(actor, request, quoted, None))


def _answer(actor: Account, request: QuoteRequest, quoted: Status, approval: Uri | None) -> QuoteAnswered:
    return QuoteAnswered(
        account_id=actor.id,
        target_id=quoted.account_id,
        request_uri=Uri(request.id),
        status_uri=Uri(request.instrument),
        quoted_uri=quoted.uri,
        approval_uri=approval,
    )


async def receive_accept(tx: Tx, actor: Account, accept: Accept) -> Outcome:
    """The author whom ours asked agrees, and says where the consent is kept."""
    known = await _asked_by(tx, actor, accept)
    if known is None:
        return Outcome.UNMATCHED
    if accept.result is None or not jsonld.same_host(accept.result, actor.uri):
        return Outcome.FOREIGN
    consent = Uri(accept.result)
    if await reading.is_tombstone(tx, consent, actor.uri):
        return Outcome.DELETED
    return Outcome.DONE if await actions.settle(tx, known, Turn.ALLOWED, approval_uri=consent) else Outcome.STALE


async def receive_reject(tx: Tx, actor: Account, reject: Reject) -> Outcome:
    known = await _asked_by(tx, actor, reject)
    if known is None:
        return Outcome.UNMATCHED
    return Outcome.DONE if await actions.settle(tx, known, Turn.REFUSED) else Outcome.STALE


async def _asked_by(tx: Tx, author: Account, answer: Accept | Reject) -> Quote | None:
    """The quote that the answer is about: ours, of a post by this author."""
    known = await quotes.by_request(tx, Uri(answer.object)) if answer.object else None
    return known if known is not None and known.quoted_account_id == author.id else None


async def receive_revocation(tx: Tx, actor: Account, consent: Uri) -> None:
    """The author deleted their consent."""
    for known in await quotes.by_approval(tx, consent):
        if known.quoted_account_id == actor.id:
            await actions.settle(tx, known, Turn.REFUSED)


def vouches(consent: QuoteAuthorization, quoting: Uri, quoted: Uri, author: Uri) -> bool:
    """Whether it is this author's consent to this quote of this post, and no other."""
    return (
        consent.attributed_to == author
        and consent.interacting_object == quoting
        and consent.interaction_target == quoted
        and jsonld.same_host(consent.id, author)
    )


def render_request(request_uri: Uri, quoted: Uri, asking: Note) -> QuoteRequest:
    """The post comes along: nobody may be able to fetch it."""
    return QuoteRequest(
        id=request_uri,
        actor=asking.attributed_to,
        object=quoted,
        instrument=asking.id,
        embedded_instrument=objects.write_note(asking),
    )


def render_accept(answered: QuoteAnswered, asker: Uri, author: Uri) -> Accept:
    return Accept(
        id=_answer_id("accepts", answered, author),
        actor=author,
        to=(asker,),
        object=answered.request_uri,
        embedded=_inlined(answered, asker),
        result=answered.approval_uri,
    )


def render_reject(answered: QuoteAnswered, asker: Uri, author: Uri) -> Reject:
    return Reject(
        id=_answer_id("rejects", answered, author),
        actor=author,
        to=(asker,),
        object=answered.request_uri,
        embedded=_inlined(answered, asker),
    )


def _answer_id(kind: str, answered: QuoteAnswered, author: Uri) -> str:
    # Made of the question's own id, as answers to a Follow are.
    return f"{author}#{kind}/quote_requests/{hashlib.sha256(answered.request_uri.encode()).hexdigest()[:32]}"


def _inlined(answered: QuoteAnswered, asker: Uri) -> Json:
    return write(
        QuoteRequest(id=answered.request_uri, actor=asker, object=answered.quoted_uri, instrument=answered.status_uri)
    )


def render_consent(known: Quote, quoting: Uri, author: Uri) -> QuoteAuthorization:
    """Our author's consent to a quote, as long as it stands."""
    assert known.approval_uri is not None, "a quote of ours that was accepted has one"
    return QuoteAuthorization(
        id=known.approval_uri,
        attributed_to=author,
        interacting_object=quoting,
        interaction_target=known.quoted_uri,
    )


def render_revocation(consent: QuoteAuthorization) -> Delete:
    return Delete(
        id=f"{consent.id}#delete",
        actor=consent.attributed_to,
        to=(PUBLIC,),
        object=consent.id,
        embedded=objects.write_quote_authorization(consent),
    )
