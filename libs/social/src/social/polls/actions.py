"""What can happen to a poll, whoever asks: a client of ours or another server."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Tx
from contracts.events import PollClosed, PollTallied, PollVoted
from contracts.ids import Uri
from social.accounts.model import Account
from social.errors import ValidationFailed
from social.polls import store
from social.polls.model import Poll, PollDraft, is_other, objection, with_vote
from social.statuses.model import Status

REMOTE_GRACE = dt.timedelta(minutes=5)
"""How long after its end a poll elsewhere is closed here: its server counts the last votes first."""
AT_ONCE = 200


async def ask(tx: Tx, status: Status, draft: PollDraft | None, at: dt.datetime) -> bool:
    """Leave exactly this poll on the status; whether that changes anything. Another question has no votes yet."""
    known = await store.of_status(tx, status.id)
    if draft is None:
        if known is not None:
            await store.remove(tx, known.id)
        return known is not None
    fetched_at = None if status.is_local else at
    if known is None:
        poll_id = await store.add(tx, status, draft, fetched_at)
    else:
        poll_id = known.id
        if is_other(known, draft):
            await store.remove_votes(tx, known.id)
        await store.set_poll(tx, known.id, draft, fetched_at)
    if status.is_local:
        await store.lock_counting(tx)
        await store.count_votes(tx, [poll_id])
    else:
        await store.set_counts(tx, poll_id, draft.votes, draft.voters)
    return True


async def refresh(tx: Tx, poll: Poll, draft: PollDraft, at: dt.datetime) -> bool:
    """Note the numbers of a poll elsewhere; False if nothing changed. Another question is an edit, not this."""
    if is_other(poll, draft):
        return False
    ends_otherwise = await store.set_fetched(tx, poll.id, draft.expires_at, at)
    counted = await store.set_counts(tx, poll.id, draft.votes, draft.voters)
    if counted or ends_otherwise:
        tx.emit(PollTallied(poll_id=poll.id, status_id=poll.status_id, account_id=poll.account_id, is_local=False))
    return counted or ends_otherwise


async def vote(
    tx: Tx, voter: Account, poll: Poll, choices: Sequence[int], now: dt.datetime, uri: Uri | None = None
) -> Poll:
    """Choose; the poll as the voter sees it from now on."""
    await store.lock_voting(tx, poll.id)
    own = await store.choices_of(tx, poll.id, voter.id)
    if reason := objection(poll, voter.id, choices, own, now):
        raise ValidationFailed(reason)
    if not choices:
        return poll
    await store.add_votes(tx, poll.id, voter.id, choices, uri)
    counted = with_vote(poll, choices, is_new_voter=not own)
    if not poll.is_local:
        # Its server counts everybody's; until it says so, ours is added to what it said.
        await store.set_counts(tx, poll.id, counted.votes, counted.voters)
    tx.emit(PollVoted(poll_id=poll.id, status_id=poll.status_id, account_id=voter.id, is_local=voter.is_local))
    return counted


async def close_due(tx: Tx, now: dt.datetime, *, is_local: bool) -> int:
    """Close polls whose time is over and say so; how many there were. Polls elsewhere matter if ours voted."""
    before = now if is_local else now - REMOTE_GRACE
    ended = await store.close_due(tx, now, before=before, is_local=is_local, limit=AT_ONCE)
    ids = [poll.id for poll in ended]
    if ids and is_local:
        await store.lock_counting(tx)
        await store.count_votes(tx, ids)
    told = set(ids) if is_local or not ids else await store.have_local_voters(tx, ids)
    for poll in ended:
        if poll.id in told:
            tx.emit(
                PollClosed(poll_id=poll.id, status_id=poll.status_id, account_id=poll.account_id, is_local=is_local)
            )
    return len(ended)


async def tell_tallies(tx: Tx, now: dt.datetime, *, quiet: dt.timedelta, since: dt.datetime) -> int:
    """Say which of our polls have new votes, of each at most once in so long."""
    found = await store.take_tallied(tx, now, quiet=quiet, since=since)
    if found:
        await store.lock_counting(tx)
        await store.count_votes(tx, [poll.id for poll in found])
    for poll in found:
        tx.emit(PollTallied(poll_id=poll.id, status_id=poll.status_id, account_id=poll.account_id, is_local=True))
    return len(found)
