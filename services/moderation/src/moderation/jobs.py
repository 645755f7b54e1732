"""What moderation tells itself to do."""

from contracts.ids import Domain
from contracts.jobs import Job


class CutFollows(Job, frozen=True, tag="moderation.cut_follows"):
    """End all follows between our people and a suspended server's."""

    domain: Domain
