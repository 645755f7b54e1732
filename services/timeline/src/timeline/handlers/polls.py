"""Votes are counted, and who took part learns how it ended."""

from chassis.clock import utc_now
from contracts.events import PollClosed, PollVoted
from social.polls import store as polls
from timeline.handlers.counts import recount
from timeline.handlers.notifications import TOLD_FOR
from timeline.handlers.telling import tell
from timeline.resources import Resources
from timeline.store.telling import Cause


async def on_voted(res: Resources, event: PollVoted) -> None:
    await recount(res, polls=[event.poll_id])


async def on_closed(res: Resources, event: PollClosed) -> None:
    """Its author and all of ours who voted, and again if it was asked anew."""
    poll = await polls.by_id(res.db, event.poll_id)
    if poll is None or poll.closed_at is None or utc_now() - poll.closed_at > TOLD_FOR:
        return
    cause = Cause(type="poll", by=poll.account_id, status_id=poll.status_id, happened_at=poll.closed_at)
    await tell(res, cause, [poll.account_id, *await polls.local_voters(res.db, poll.id)])
