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


class Visit(Job, frozen=True, tag="delivery.visit"):
    """Carry what is held for a host, oldest first, or probe with one of it."""

    host: Host
