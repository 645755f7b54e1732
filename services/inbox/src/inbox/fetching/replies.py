"""What a post that came in says of the answers to it, and whether that is worth a look."""

import datetime as dt
from collections.abc import Iterable

from apcore import jsonld
from apcore.collections import Listed
from apcore.objects import Note
from chassis.db import Tx
from contracts.ids import Uri
from inbox.jobs import LearnReplies

MOST = 5
"""As Mastodon. They are of the post's own host, so most often their author goes on in them."""
NEW = dt.timedelta(minutes=5)
"""Nobody has answered a post so young that its server has to be asked who did."""


def learn_replies(tx: Tx, notes: Iterable[Note], now: dt.datetime, *, room: int) -> None:
    """Leave for later what posts that came in say of answers to them."""
    for note in notes:
        if room and (job := _job_for(note, now, room)):
            tx.enqueue(job)


def _job_for(note: Note, now: dt.datetime, room: int) -> LearnReplies | None:
    answers = note.answers
    is_new = note.published is None or now - note.published < NEW
    # What comes inlined says enough: those of others stand on further pages.
    further = None if answers.is_begun or is_new else answers.next
    items = first_of(answers.items, note.id)
    if not items and (further is None or not jsonld.same_host(further, note.id)):
        return None
    return LearnReplies(uri=Uri(note.id), answers=Listed(items=items, next=further), room=room)


def first_of(uris: Iterable[str], uri: str) -> tuple[str, ...]:
    return tuple(one for one in uris if jsonld.same_host(one, uri))[:MOST]


def rooms(room: int, number: int) -> list[int]:
    """How much of it is left below each of so many posts, when they have taken their own."""
    taken = min(room, number)
    share, rest = divmod(room - taken, taken) if taken else (0, 0)
    return [share + (place < rest) for place in range(taken)]
