"""Questions, and votes: notes with nothing but the name of an answer, from the voter to who asks."""

import datetime as dt

from apcore import objects
from apcore.activities import Create
from apcore.objects import Note
from chassis.db import Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.federation.arrival import OLDEST, Arrival, plausible
from social.federation.outcome import Outcome
from social.polls import actions, store
from social.polls.model import Poll, PollDraft, objection
from social.relationships import store as relationships
from social.statuses import reading
from social.statuses.model import Status


def draft_of(note: Note, at: dt.datetime) -> PollDraft | None:
    """The question as its own server asks it, and how it counts the answers."""
    asked = note.poll
    if asked is None:
        return None
    ends = plausible(asked.closed, at) if asked.closed else asked.end_time
    return PollDraft(
        options=tuple(option.name for option in asked.options),
        multiple=asked.multiple,
        expires_at=max(ends, OLDEST) if ends else None,
        votes=tuple(option.votes for option in asked.options),
        voters=asked.voters_count,
    )


async def refresh(tx: Tx, arrival: Arrival, known: Status, note: Note) -> bool:
    """Take over the numbers of a poll from its own server; False if nothing is new."""
    draft = draft_of(note, arrival.at)
    poll = await store.of_status(tx, known.id) if draft is not None else None
    return poll is not None and draft is not None and await actions.refresh(tx, poll, draft, arrival.at)


def render(poll: Poll | None) -> objects.Poll | None:
    """The numbers only when anybody may know them."""
    if poll is None:
        return None
    is_closed = poll.closed_at is not None
    shows = is_closed or not poll.hide_totals
    return objects.Poll(
        options=tuple(
            objects.PollOption(name=name, votes=count if shows else 0)
            for name, count in zip(poll.options, poll.votes, strict=True)
        ),
        multiple=poll.multiple,
        end_time=poll.expires_at,
        closed=(poll.expires_at or poll.closed_at) if is_closed else None,
        voters_count=poll.voters,
    )


def is_vote(arrival: Arrival, note: Note) -> bool:
    """Whether it is an answer to one of our polls rather than a post."""
    parent = note.in_reply_to
    return bool(
        note.name and not note.content and not note.attachments and parent and arrival.addresses.is_ours(parent)
    )


async def receive_vote(tx: Tx, arrival: Arrival, actor: Account, note: Note) -> Outcome:
    """Count it, if its author may see the poll, which is open, asks that, and was not answered so by them before."""
    status = await reading.by_uri(tx, Uri(note.in_reply_to or ""))
    poll = await store.of_status(tx, status.id) if status is not None else None
    if status is None or poll is None:
        return Outcome.UNKNOWN_OBJECT
    visible = await reading.visible_to(tx, status.id, actor.id)
    if visible is None or await relationships.blocks_server_of(tx, status.account_id, actor.id):
        return Outcome.NOT_ALLOWED
    if note.name not in poll.options:
        return Outcome.NOT_ALLOWED
    choice = poll.options.index(note.name)
    await store.lock_voting(tx, poll.id)
    own = await store.choices_of(tx, poll.id, actor.id)
    if choice in own:
        return Outcome.REPEATED
    if objection(poll, actor.id, [choice], own, arrival.at):
        return Outcome.NOT_ALLOWED
    await actions.vote(tx, actor, poll, [choice], arrival.at, Uri(note.id))
    return Outcome.DONE


def render_vote(vote: Uri, voter: Uri, answer: str, question: Uri, author: Uri) -> Create:
    """To the author alone: whom anybody voted for is nobody else's business."""
    note = Note(id=vote, attributed_to=voter, name=answer, in_reply_to=question, to=(author,))
    return Create(id=f"{vote}/activity", actor=voter, to=note.to, object=vote, embedded=objects.write_vote(note))
