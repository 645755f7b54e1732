"""What delivery tells itself to do."""

from contracts.jobs import Job
from delivery.model import BodyId, Host


class Deliver(Job, frozen=True, tag="delivery.deliver"):
    """Bring a stored activity to an inbox."""

    body_id: BodyId
    inbox_url: str
    attempts: int = 0
    """How often it was tried before."""
    challenged: bool = False
    """Whether the peer has already refused our signature once."""


class Retry(Job, frozen=True, tag="delivery.retries"):
    """Try once more what waited for it, as many as a strand takes at a time. Nothing new has to wait behind them."""

    deliveries: tuple[Deliver, ...]


class Spread(Job, frozen=True, tag="delivery.spread"):
    """Bring an activity to the next few of its many inboxes, and come back at the end of the queue.

    A fan-out is several strands; each has one message under way, so that what others say gets its turns in between.
    """

    body_id: BodyId
    strand: int
    position: int
    """Of the first inbox among all of the activity's. A strand that has gone further does nothing here."""


class Visit(Job, frozen=True, tag="delivery.visit"):
    """Carry what is held for a host, oldest first, or probe with one of it."""

    host: Host
