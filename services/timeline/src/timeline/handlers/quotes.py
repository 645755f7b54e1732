"""Quotes: who is quoted hears of it, readers see it change, and it is counted."""

from chassis.clock import utc_now
from contracts.events import QuoteSettled, StatusEdited, StatusPolicyChanged
from social.quotes import store as quotes
from social.statuses import reading
from timeline.handlers import feeds, streams
from timeline.handlers.counts import recount
from timeline.handlers.notifications import TOLD_FOR
from timeline.handlers.telling import tell
from timeline.resources import Resources
from timeline.store.telling import Cause


async def on_settled(res: Resources, event: QuoteSettled) -> None:
    """Tell the quoted author, once they or their policy agreed."""
    quote = await quotes.by_id(res.db, event.quote_id)
    quoting = await reading.by_id(res.db, event.status_id)
    if quote is None or not quote.shows or quote.quoted_account_id is None or quoting is None:
        return
    if utc_now() - quoting.created_at < TOLD_FOR:
        cause = Cause(type="quote", by=quote.account_id, status_id=quote.status_id, quote_id=quote.id)
        await tell(res, cause, [quote.quoted_account_id])


async def count_quoted(res: Resources, event: QuoteSettled) -> None:
    if event.quoted_status_id is not None:
        await recount(res, [event.quoted_status_id])


async def show_in_feeds(res: Resources, event: QuoteSettled | StatusPolicyChanged) -> None:
    if edited := await _as_edited(res, event):
        await feeds.on_edited(res, edited)


async def show_in_streams(res: Resources, event: QuoteSettled | StatusPolicyChanged) -> None:
    if edited := await _as_edited(res, event):
        await streams.on_edited(res, edited)


async def _as_edited(res: Resources, event: QuoteSettled | StatusPolicyChanged) -> StatusEdited | None:
    """To whoever looks at the post it changes as by an edit."""
    if isinstance(event, QuoteSettled):
        quote = await quotes.by_id(res.db, event.quote_id)
        if quote is None or quote.is_as_at_first:
            return None
    status = await reading.by_id(res.db, event.status_id)
    if status is None:
        return None
    return StatusEdited(status_id=status.id, account_id=status.account_id, is_local=status.is_local)
