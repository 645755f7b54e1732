"""What each service needs: its roles and their numbers, whom it talks to, and the port on which all listen."""

from dataclasses import dataclass, field

PORT = 8000


@dataclass(frozen=True)
class Role:
    """One role of a service: what a process needs, and between how many replicas it moves."""

    cpu: str
    memory: str
    limit: str
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Service:
    """What tells one service from another here."""

    roles: dict[str, Role]
    together: tuple[str, str]
    """Memory, requested and at most, of one process with all roles."""
    redis: bool = True
    outside: bool = False
    """Whether it has business with hosts that others name."""
    asked_by: tuple[str, ...] = ()
    """Services that ask it something by HTTP."""
    queues: dict[str, int] = field(default_factory=dict)
    """Of which queues how many messages are enough for one more worker."""
    seconds: int = 30
    """How old the next message may be for each worker there is."""
    grace: int = 40
    scratch: str = "64Mi"


# A process has about 110 MiB when it starts, part of it shared with the others. Replicas times the pool of
# connections stay below what `deploy/postgres/roles.sql` allows each service: the tests count.
SERVICES = {
    "api-gateway": Service(
        roles={
            "http": Role("500m", "160Mi", "384Mi", 2, 10),
            "worker": Role("100m", "144Mi", "256Mi", 2, 2),
            "relay": Role("50m", "128Mi", "192Mi", 2, 2),
        },
        together=("96Mi", "256Mi"),
    ),
    "inbox": Service(
        roles={
            "http": Role("500m", "160Mi", "384Mi", 2, 6),
            "worker": Role("500m", "160Mi", "384Mi", 2, 10),
            "relay": Role("50m", "128Mi", "192Mi", 2, 2),
        },
        together=("96Mi", "256Mi"),
        redis=False,
        outside=True,
        asked_by=("api-gateway",),
        queues={"inbox.for_us": 500, "inbox.at_large": 2000, "inbox.unverified": 1000, "inbox.background": 1000},
        seconds=10,
    ),
    "delivery": Service(
        roles={
            "http": Role("50m", "128Mi", "192Mi", 1, 1),
            "worker": Role("500m", "192Mi", "384Mi", 2, 12),
            "relay": Role("100m", "128Mi", "192Mi", 1, 1),
        },
        together=("96Mi", "320Mi"),
        redis=False,
        outside=True,
        asked_by=("moderation",),
        queues={"delivery.plans": 200, "delivery.deliveries": 5000, "delivery.spreads": 200, "delivery.visits": 200},
    ),
    "timeline": Service(
        roles={
            "http": Role("500m", "192Mi", "512Mi", 2, 6),
            "worker": Role("500m", "160Mi", "384Mi", 2, 10),
            "relay": Role("50m", "128Mi", "192Mi", 2, 2),
        },
        together=("96Mi", "320Mi"),
        outside=True,
        queues={"timeline.feeds": 1000, "timeline.fan_out": 100, "timeline.notifications": 1000, "timeline.push": 2000},
        seconds=5,
    ),
    "media": Service(
        roles={
            "http": Role("250m", "256Mi", "768Mi", 2, 4),
            "worker": Role("500m", "256Mi", "768Mi", 1, 4),
            "relay": Role("50m", "128Mi", "192Mi", 1, 1),
        },
        together=("128Mi", "512Mi"),
        outside=True,
        asked_by=("api-gateway",),
        queues={"media.uploads": 20, "media.removals": 200},
        grace=130,
        scratch="2Gi",
    ),
    "moderation": Service(
        roles={
            "http": Role("100m", "144Mi", "256Mi", 2, 2),
            "worker": Role("50m", "128Mi", "192Mi", 1, 1),
            "relay": Role("50m", "128Mi", "192Mi", 1, 1),
        },
        together=("96Mi", "192Mi"),
    ),
}
