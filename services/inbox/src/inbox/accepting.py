"""From a delivery to a job: the steps before anybody is told 202."""

from inbox.jobs import Received, ReceivedAtLarge, ReceivedForUs
from inbox.letters import Letter, concerns_people_here
from inbox.metrics import ACCEPTED
from inbox.refusals import refused
from inbox.resources import Resources
from social.accounts import store as accounts


async def is_nothing_to_us(res: Resources, letter: Letter) -> bool:
    """Whether somebody unknown here says farewell. Their key may be gone with them, so nobody checks it."""
    if not letter.is_farewell or await accounts.by_uri(res.db, letter.actor) is not None:
        return False
    ACCEPTED.labels("ignored").inc()
    return True


def check_policy(res: Resources, letter: Letter) -> None:
    if res.policies.value.is_suspended(letter.host):
        raise refused("suspended", "This server does not talk with yours")


def job_for(res: Resources, letter: Letter, *, has_new_key: bool) -> Received:
    """What the worker gets, in the lane it belongs to."""
    is_near = concerns_people_here(letter, res.settings.url)
    ACCEPTED.labels("for_us" if is_near else "at_large").inc()
    kind = ReceivedForUs if is_near else ReceivedAtLarge
    return kind(
        document=letter.document,
        received_at=letter.received_at,
        inbox_of=letter.inbox_of,
        has_new_key=has_new_key,
    )
