"""Votes of our people, and the numbers of their own polls."""

import datetime as dt

import msgspec

from apcore.activities import Create
from chassis.db import Tx
from contracts.events import PollVoted
from contracts.ids import Uri
from delivery.planning import Plan
from delivery.plans.people import to
from delivery.plans.statuses import edit
from delivery.resources import Resources
from social.accounts import store as accounts
from social.federation import note
from social.federation import poll as questions
from social.federation.note import Material
from social.polls import store
from social.statuses import reading


async def votes(tx: Tx, event: PollVoted) -> list[Plan]:
    """All that our account chose in a poll elsewhere, to its author alone; what went out before stays as it was."""
    poll = await store.by_id(tx, event.poll_id)
    status = await reading.by_id(tx, poll.status_id) if poll is not None else None
    found = await accounts.many(tx, [event.account_id, poll.account_id]) if poll is not None else {}
    voter = found.get(event.account_id)
    if poll is None or status is None or voter is None or not voter.is_local or poll.is_local:
        return []
    author = found[poll.account_id]
    return [
        Plan(
            activity=_vote(voter.uri, vote, poll.options[vote.choice], status.uri, author.uri),
            sender=voter.id,
            recipients=to(author),
        )
        for vote in await store.votes_of(tx, poll.id, voter.id)
    ]


def _vote(voter: Uri, vote: store.Vote, answer: str, question: Uri, author: Uri) -> Create:
    return questions.render_vote(Uri(f"{voter}#votes/{vote.id}"), voter, answer, question, author)


async def tally(tx: Tx, res: Resources, made: Material, at: dt.datetime) -> Plan:
    """The numbers of that moment, to whoever would get an edit: followers, and who voted, boosted or replied."""
    plan = await edit(tx, res, made)
    return msgspec.structs.replace(
        plan, activity=note.render_update(note.render(res.addresses, made), at), happened_at=at
    )
