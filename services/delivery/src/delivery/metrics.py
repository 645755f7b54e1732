"""What delivery reports about itself."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

OUTCOMES: Final = Counter(
    "murmuration_delivery_outcomes_total",
    "Tries to deliver, by what came of them",
    ["outcome"],
)
REFUSALS: Final = Counter(
    "murmuration_delivery_refusals_total",
    "Deliveries that ended without success, by reason: a status, or one of a few words",
    ["reason"],
)
KNOWN_STATUSES: Final = frozenset({400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 501})
SECONDS: Final = Histogram(
    "murmuration_delivery_seconds",
    "Time of one try, signing included",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)
LATENCY: Final = Histogram(
    "murmuration_delivery_latency_seconds",
    "From what was said to its arrival at an inbox",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600, 21_600, 86_400, 604_800),
)
PLANNED: Final = Counter("murmuration_delivery_planned_total", "Deliveries planned, by activity", ["activity"])
STRAGGLERS: Final = Gauge("murmuration_delivery_stragglers", "Deliveries that take long, on their way in this process")
EXPIRED: Final = Counter("murmuration_delivery_expired_total", "Held deliveries that were given up for their age")
FORGOTTEN: Final = Counter("murmuration_delivery_hosts_forgotten_total", "Hosts forgotten after a month of silence")
OPENED: Final = Counter("murmuration_delivery_circuits_opened_total", "How often a host was given up")
# The same number for the whole server, whoever measured it last: aggregate with max, not with sum.
HELD: Final = Gauge(
    "murmuration_delivery_held", "Deliveries that wait in the database, by their host's state", ["lane"]
)
OLDEST: Final = Gauge("murmuration_delivery_held_oldest_seconds", "How long the oldest of them has waited", ["lane"])
SPREADING: Final = Gauge("murmuration_delivery_spreading", "Deliveries of large fan-outs that are not begun")
HOSTS: Final = Gauge("murmuration_delivery_hosts", "Hosts that we have delivered to, by how they fare", ["state"])

RELAYS: Final = Gauge("murmuration_relays", "Relays, by whether they carry our posts", ["state"])


def count_refusal(reason: str) -> None:
    """Count it. Peers answer with whatever number they like; only the usual ones get a series of their own."""
    unusual = reason.isdecimal() and int(reason) not in KNOWN_STATUSES
    REFUSALS.labels("other status" if unusual else reason).inc()
