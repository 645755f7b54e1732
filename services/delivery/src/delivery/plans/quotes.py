"""Quotes: our people ask, answer those who ask, show consent to readers and take their own back."""

import datetime as dt

import msgspec

from chassis.db import Tx
from contracts.events import QuoteAnswered
from delivery import planning
from delivery.model import Recipient
from delivery.planning import Plan
from delivery.plans import statuses
from delivery.plans.people import ANSWERED_AGAIN_AFTER, to
from delivery.resources import Resources
from delivery.store import bodies
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import note, quote
from social.federation.note import Material
from social.quotes.model import REVOKED, Quote
from social.statuses import reading
from social.statuses.model import Status


async def question(tx: Tx, res: Resources, asked: Quote) -> Plan | None:
    """Our post to the author of what it quotes, who may agree."""
    made = (await note.materials(tx, [asked.status_id])).get(asked.status_id)
    author = await accounts.by_id(tx, asked.quoted_account_id) if asked.quoted_account_id else None
    if made is None or author is None or author.is_local or asked.request_uri is None:
        return None
    return Plan(
        activity=quote.render_request(asked.request_uri, asked.quoted_uri, note.render(res.addresses, made)),
        sender=made.author.id,
        recipients=to(author),
        about=asked.request_uri,
        happened_at=asked.created_at,
    )


async def ask(tx: Tx, res: Resources, asked: Quote) -> None:
    """The question brings our post along, to whomever else that is for."""
    if plan := await question(tx, res, asked):
        await planning.carry_out(tx, res, plan)
        quoting = await reading.by_id(tx, asked.status_id)
        author = await accounts.by_id(tx, asked.quoted_account_id) if asked.quoted_account_id else None
        if quoting is not None and author is not None:
            await planning.remember(tx, quoting.uri, [one.inbox_url for one in _shared(author)])


async def answer(tx: Tx, answered: QuoteAnswered) -> Plan | None:
    found = await accounts.many(tx, [answered.account_id, answered.target_id])
    asker, author = found.get(answered.account_id), found.get(answered.target_id)
    if asker is None or author is None:
        return None
    render = quote.render_accept if answered.approval_uri else quote.render_reject
    return Plan(
        activity=render(answered, asker.uri, author.uri),
        sender=author.id,
        recipients=to(asker),
        again_after=ANSWERED_AGAIN_AFTER,
    )


async def update(tx: Tx, res: Resources, made: Material, at: dt.datetime) -> Plan:
    """The same words: whose consent stands, or who may quote, has changed."""
    plan = await statuses.edit(tx, res, made)
    activity = note.render_update(note.render(res.addresses, made), at)
    return msgspec.structs.replace(plan, activity=activity, happened_at=at)


async def revocation(tx: Tx, known: Quote, quoting: Status, asker: Account, author: Account) -> Plan:
    """To whoever may show the quote: the server of who quotes, and those that have either post."""
    copies = [*await bodies.reached_by(tx, quoting.uri), *await bodies.reached_by(tx, known.quoted_uri)]
    return Plan(
        activity=quote.render_revocation(quote.render_consent(known, quoting.uri, author.uri)),
        sender=author.id,
        recipients=[*_shared(asker), *copies],
    )


async def settled(tx: Tx, res: Resources, known: Quote) -> None:
    """Our post says whether consent stands; of a consent of ours we tell that it is gone, or note who relies on it."""
    quoting = await reading.by_id(tx, known.status_id)
    people = await accounts.many(tx, [known.account_id, known.quoted_account_id or known.account_id])
    asker, author = people.get(known.account_id), people.get(known.quoted_account_id or known.account_id)
    if quoting is None or asker is None or author is None or not (known.shows or known.state == REVOKED):
        return
    # A quote among ours that is accepted was so from the start: its Create said it.
    if asker.is_local and not (known.shows and author.is_local):
        made = (await note.materials(tx, [quoting.id]))[quoting.id]
        await planning.carry_out(tx, res, await update(tx, res, made, known.updated_at))
    if author.is_local and known.state == REVOKED and known.approval_uri is not None:
        await planning.carry_out(tx, res, await revocation(tx, known, quoting, asker, author))
    if author.is_local and known.shows:
        # Who shows our post within theirs has a copy of it.
        await planning.remember(tx, known.quoted_uri, [r.inbox_url for r in _shared(asker)])


def _shared(account: Account) -> list[Recipient]:
    if account.domain is None:
        return []
    return [Recipient(account.shared_inbox_url or account.inbox_url, account.domain)]
