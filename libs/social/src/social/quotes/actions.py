"""What can happen to a quote, whoever says it: a client of ours or another server."""

import datetime as dt

from chassis.db import Tx
from contracts.events import QuoteAsked, QuoteSettled, StatusPolicyChanged
from contracts.ids import AccountId, StatusId, Uri
from social.accounts.model import Account
from social.addresses import Addresses
from social.errors import NoSuchStatus
from social.quotes import rules, store
from social.quotes.model import ACCEPTED, DELETED, PENDING, Policy, Quote, Quoting
from social.quotes.rules import Approval, Turn
from social.statuses.model import Status


async def approval_of(tx: Tx, quoted: StatusId, account_id: AccountId) -> Approval:
    """Whether the account may quote the status."""
    standing = await store.standing_of(tx, quoted, account_id)
    if standing is None:
        raise NoSuchStatus
    return rules.approval(standing)


async def quote(tx: Tx, addresses: Addresses, author: Account, status: Status, quoting: Quoting) -> Quote | None:
    """Note what a new status quotes. None if it quotes something already."""
    state = rules.first_state(quoting, author.id, by_us=author.is_local)
    quote_id = await store.new_id(tx, status.created_at)
    asks = author.is_local and state == PENDING
    request_uri = Uri(f"{author.uri}/quote_requests/{quote_id}") if asks else None
    approval_uri = quoting.authorization
    if state == ACCEPTED and quoting.is_local and quoting.account_id is not None:
        approval_uri = addresses.quote_authorization(quoting.account_id, quote_id)
    made = await store.add(
        tx, quote_id, status.id, author.id, quoting, state=state, request_uri=request_uri, approval_uri=approval_uri
    )
    if made is not None and state == ACCEPTED:
        tx.emit(_settled(made, state))
    elif made is not None and state == PENDING:
        tx.emit(_asked(made, is_local=author.is_local))
    return made


async def requote(tx: Tx, addresses: Addresses, author: Account, status: Status, quoting: Quoting | None) -> None:
    """After an edit elsewhere: it may quote something else, nothing any more, or bring the consent it lacked."""
    known = await store.of_status(tx, status.id)
    if known is not None and (quoting is None or quoting.uri != known.quoted_uri):
        await store.remove(tx, known.id)
        # Nobody finds it any more; what it quoted is counted again.
        tx.emit(_settled(known, DELETED))
        known = None
    if quoting is None:
        return
    if known is None:
        await quote(tx, addresses, author, status, quoting)
    else:
        await take_consent(tx, known, quoting)


async def take_consent(tx: Tx, known: Quote, quoting: Quoting) -> bool:
    """A quote elsewhere brings the consent it lacked, to be looked at; False if it brings none."""
    brought = quoting.authorization
    if known.shows or brought is None or brought == known.approval_uri or quoting.uri != known.quoted_uri:
        return False
    await store.set_approval(tx, known.id, brought)
    tx.emit(_asked(known, is_local=False))
    return True


async def join(tx: Tx, status: Status) -> None:
    """A post that was quoted before it came is there: whoever quotes it can be judged."""
    for waiting in await store.join(tx, status.uri):
        tx.emit(_asked(waiting, is_local=False))


async def settle(
    tx: Tx, known: Quote, turn: Turn, *, request_uri: Uri | None = None, approval_uri: Uri | None = None
) -> bool:
    """Let it happen to the quote; False if that changes nothing. Others may just have let something else happen."""
    fresh = await store.held(tx, known.id)
    state = rules.after(fresh.state, turn) if fresh is not None else None
    if state is None:
        return False
    await store.set_state(tx, known.id, state, request_uri=request_uri, approval_uri=approval_uri)
    tx.emit(_settled(known, state))
    return True


async def set_policy(tx: Tx, author: Account, status: Status, policy: Policy, changed_at: dt.datetime) -> bool:
    """Let other people quote the status than before; False if they are the same. What quotes it already stays."""
    is_new = await store.set_policy(tx, status.id, policy)
    if is_new:
        tx.emit(
            StatusPolicyChanged(
                status_id=status.id, account_id=author.id, is_local=author.is_local, changed_at=changed_at
            )
        )
    return is_new


def _asked(known: Quote, *, is_local: bool) -> QuoteAsked:
    return QuoteAsked(quote_id=known.id, status_id=known.status_id, account_id=known.account_id, is_local=is_local)


def _settled(known: Quote, state: str) -> QuoteSettled:
    return QuoteSettled(
        quote_id=known.id,
        status_id=known.status_id,
        account_id=known.account_id,
        state=state,
        quoted_status_id=known.quoted_status_id,
        quoted_account_id=known.quoted_account_id,
    )
