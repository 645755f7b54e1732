"""What dashboards are made of: panels, and the queries that several of them ask in the same way."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """What is drawn: PromQL and how its series are called."""

    title: str
    unit: str
    series: Sequence[tuple[str, str]]
    kind: str = "timeseries"


@dataclass(frozen=True)
class Dashboard:
    name: str
    title: str
    rows: Sequence[Sequence[Panel]]
    by_service: bool = False
    """Whether it asks which service to show."""


def rate(metric: str, by: str = "", where: str = "") -> str:
    return f"sum{_by(by)} (rate({metric}{where}[$__rate_interval]))"


def rare(expression: str) -> str:
    """Of what may never have happened: then nothing is counted yet, and zero is the truth."""
    return f"{expression} or on () vector(0)"


def quantile(share: float, metric: str, by: str = "", where: str = "") -> str:
    labels = ", ".join(filter(None, (by, "le")))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{where}[$__rate_interval])))"


def times(title: str, metric: str, by: str = "", where: str = "") -> Panel:
    """The median and the worst hundredth of a duration."""
    name = f"{{{{{by}}}}} " if by else ""
    return Panel(
        title,
        "s",
        [(quantile(0.5, metric, by, where), f"{name}p50"), (quantile(0.99, metric, by, where), f"{name}p99")],
    )


def rates(title: str, metric: str, by: str, where: str = "") -> Panel:
    return Panel(title, "ops", [(rate(metric, by, where), f"{{{{{by}}}}}")])


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""


def queues(pattern: str) -> list[Panel]:
    """What waits in some queues, for how long, and how fast it is worked off."""
    where = f'{{queue=~"{pattern}"}}'
    ready = f'queue_state:murmuration_queue_messages:max{{queue=~"{pattern}", state="ready"}}'
    return [
        Panel("Age of what is next", "s", [(f"queue:murmuration_queue_latency_seconds:max{where}", "{{queue}}")]),
        Panel("Waiting to be handled", "short", [(ready, "{{queue}}")]),
        Panel("Handled", "ops", [(rare(rate("murmuration_messages_total", "queue", where)), "{{queue}}")]),
        Panel(
            "Time in a handler, p99",
            "s",
            [(rare(quantile(0.99, "murmuration_message_seconds", "queue", where)), "{{queue}}")],
        ),
    ]
