"""The numbers of a poll, asked of its own server when somebody looks at it."""

from apcore.objects import Note
from chassis.errors import Problem
from contracts.ids import PollId
from inbox.fetching.statuses import fetch_note
from inbox.metrics import POLLS
from inbox.resources import Resources
from social.accounts import store as accounts
from social.polls import store
from social.statuses import reading
from social.statuses.model import Status

NOT_AGAIN_FOR = 180.0


async def fetch_poll(res: Resources, poll_id: PollId) -> tuple[Status, Note] | None:
    """The post with its poll as its own server shows it now; None if it was asked a short while ago, or in vain."""
    name = f"poll {poll_id}"
    poll = None if res.cache.holds(name) else await store.by_id(res.db, poll_id)
    status = await reading.by_id(res.db, poll.status_id) if poll is not None and not poll.is_local else None
    if status is None:
        return None
    res.cache.put(name, value=True, seconds=NOT_AGAIN_FOR)
    author = await accounts.by_id(res.db, status.account_id)
    try:
        note = await fetch_note(res, status.uri)
    except Problem:
        POLLS.labels("away").inc()
        return None
    if author is None or note.id != status.uri or note.attributed_to != author.uri:
        POLLS.labels("foreign").inc()
        return None
    POLLS.labels("fetched").inc()
    return status, note
