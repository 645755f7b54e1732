"""Write `dashboards/*.json` from what stands here, or with --check say whether they are fresh.

A dashboard is a title and rows of panels; a panel is a title, a unit and the series it draws. All else (places, ids,
the data source) is the same everywhere, so nobody edits JSON.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT = 24, 8
CHOSEN = '{service="$service"}'


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


OVERVIEW = Dashboard(
    "overview",
    "Overview",
    [
        [
            Panel("Processes that answer", "short", [('sum(up{job="murmuration"})', "up")], "stat"),
            Panel(
                "Alerts",
                "short",
                [('count(ALERTS{alertstate="firing", alertname=~"Murmuration.*"}) or vector(0)', "firing")],
                "stat",
            ),
            Panel(
                "Deliveries that arrive",
                "percentunit",
                [("murmuration_delivery_success:ratio5m or vector(1)", "")],
                "stat",
            ),
            Panel("Requests that fail", "percentunit", [("max(service:murmuration_http_errors:ratio5m)", "")], "stat"),
        ],
        [
            Panel("Requests", "reqps", [("service:murmuration_http_requests:rate5m", "{{service}}")]),
            Panel("Failing requests", "percentunit", [("service:murmuration_http_errors:ratio5m", "{{service}}")]),
            Panel("Time to answer, p99", "s", [("service:murmuration_http_request_seconds:p99_5m", "{{service}}")]),
        ],
        [
            Panel("Age of what is next", "s", [("queue:murmuration_queue_latency_seconds:max", "{{queue}}")]),
            Panel(
                "Dead letters",
                "short",
                [('queue_state:murmuration_queue_messages:max{state="dead"}', "{{queue}}")],
            ),
            Panel("Oldest in the outbox", "s", [("schema:murmuration_outbox_oldest_seconds:max", "{{schema}}")]),
        ],
        [
            rates("Handed to RabbitMQ", "murmuration_bus_published_total", "outcome"),
            Panel(
                "Lag of the event loops, p99",
                "s",
                [(quantile(0.99, "murmuration_event_loop_lag_seconds", "service"), "{{service}}")],
            ),
            Panel(
                "Memory",
                "bytes",
                [('sum by (service) (process_resident_memory_bytes{job="murmuration"})', "{{service}}")],
            ),
        ],
    ],
)

FEDERATION = Dashboard(
    "federation",
    "Federation health",
    [
        [
            Panel("Hosts by how they fare", "short", [("state:murmuration_delivery_hosts:max", "{{state}}")]),
            Panel("Hosts given up", "ops", [(rare(rate("murmuration_delivery_circuits_opened_total")), "opened")]),
            Panel("Held deliveries", "short", [("lane:murmuration_delivery_held:max", "{{lane}}")]),
            Panel("Oldest of them", "s", [("lane:murmuration_delivery_held_oldest_seconds:max", "{{lane}}")]),
        ],
        [
            Panel("Deliveries that arrive", "percentunit", [("murmuration_delivery_success:ratio5m or vector(1)", "")]),
            Panel(
                "From post to arrival",
                "s",
                [
                    ("murmuration_delivery_latency_seconds:p50_5m", "p50"),
                    ("murmuration_delivery_latency_seconds:p99_5m", "p99"),
                ],
            ),
            Panel(
                "Not believed",
                "percentunit",
                [("murmuration_inbox_signature_failures:ratio10m or vector(0)", "of what arrives")],
            ),
        ],
        [
            rates("Requests to other servers", "apcore_fetch_requests_total", "outcome"),
            times("Their time", "apcore_fetch_seconds", "method"),
            Panel(
                "Private addresses refused",
                "ops",
                [(rare(rate("apcore_fetch_refused_addresses_total")), "refused")],
            ),
        ],
    ],
)

DELIVERY = Dashboard(
    "delivery",
    "Delivery",
    [
        queues("delivery[.].*"),
        [
            rates("Planned", "murmuration_delivery_planned_total", "activity"),
            Panel(
                "Large fan-outs and stragglers",
                "short",
                [
                    ("max(murmuration_delivery_spreading)", "not begun"),
                    ("sum(murmuration_delivery_stragglers)", "stragglers"),
                ],
            ),
            rates("Tries", "murmuration_delivery_outcomes_total", "outcome"),
            Panel("Refusals", "ops", [(rare(rate("murmuration_delivery_refusals_total", "reason")), "{{reason}}")]),
            Panel("Given up for their age", "ops", [(rare(rate("murmuration_delivery_expired_total")), "expired")]),
        ],
        [
            times("One try", "murmuration_delivery_seconds"),
            times("From post to arrival", "murmuration_delivery_latency_seconds"),
            Panel(
                "In hand",
                "short",
                [('sum by (queue) (murmuration_messages_in_hand{queue=~"delivery[.].*"})', "{{queue}}")],
            ),
            Panel(
                "CPU",
                "short",
                [('rate(process_cpu_seconds_total{service="delivery"}[$__rate_interval])', "{{instance}}")],
            ),
        ],
    ],
)

INBOX = Dashboard(
    "inbox",
    "Inbox",
    [
        queues("inbox[.].*"),
        [
            rates("Accepted", "murmuration_inbox_accepted_total", "lane"),
            Panel("Refused", "ops", [(rare(rate("murmuration_inbox_refused_total", "reason")), "{{reason}}")]),
            rates("By what they were", "murmuration_inbox_activities_total", "activity"),
            rates("By what became of them", "murmuration_inbox_activities_total", "outcome"),
        ],
        [
            Panel(
                "Keys fetched", "ops", [(rare(rate("murmuration_inbox_key_fetches_total", "outcome")), "{{outcome}}")]
            ),
            Panel(
                "Brought by others",
                "ops",
                [(rare(rate("murmuration_inbox_forwarded_total", "outcome")), "{{outcome}}")],
            ),
            Panel(
                "Resolved for people here",
                "ops",
                [(rare(rate("murmuration_inbox_resolved_total", "outcome")), "{{outcome}}")],
            ),
            Panel(
                "Threads asked for", "ops", [(rare(rate("murmuration_inbox_threads_total", "outcome")), "{{outcome}}")]
            ),
        ],
    ],
)

TIMELINES = Dashboard(
    "timelines",
    "Timelines",
    [
        queues("timeline[.].*"),
        [
            Panel("Feeds written", "ops", [(rate("murmuration_timeline_feed_writes_total"), "writes")]),
            times("One chunk of feeds", "murmuration_timeline_fan_out_seconds"),
            Panel("Feeds built anew", "ops", [(rate("murmuration_timeline_feed_rebuilds_total"), "rebuilt")]),
            Panel(
                "Feeds from the database alone",
                "ops",
                [(rare(rate("murmuration_timeline_feed_bypassed_total", "reason")), "{{reason}}")],
            ),
        ],
        [
            rates("Notifications", "murmuration_timeline_notifications_total", "type"),
            Panel("Pushes", "ops", [(rare(rate("murmuration_timeline_pushes_total", "outcome")), "{{outcome}}")]),
            Panel(
                "Open streams",
                "short",
                [(rare("sum by (transport) (murmuration_timeline_stream_clients)"), "{{transport}}")],
            ),
            Panel(
                "Streams that we closed",
                "ops",
                [(rare(rate("murmuration_timeline_streams_closed_total", "reason")), "{{reason}}")],
            ),
        ],
    ],
)

MEDIA = Dashboard(
    "media",
    "Media",
    [
        queues("media[.].*"),
        [
            rates("Pictures opened", "murmuration_images_total", "outcome"),
            times("Work on one", "murmuration_image_seconds", "task"),
            Panel(
                "Object storage",
                "ops",
                [(rare(rate("murmuration_s3_calls_total", "call, outcome")), "{{call}} {{outcome}}")],
            ),
            rates("Requests", "murmuration_http_requests_total", "status", '{service="media"}'),
        ],
    ],
)

MODERATION = Dashboard(
    "moderation",
    "Moderation",
    [
        [
            Panel("Open reports", "short", [("max(murmuration_moderation_open_reports)", "open")], "stat"),
            Panel("Oldest of them", "s", [("max(murmuration_moderation_oldest_report_seconds)", "age")], "stat"),
            Panel(
                "What moderators do",
                "ops",
                [(rare(rate("murmuration_moderation_actions_total", "action")), "{{action}}")],
            ),
        ],
        [
            Panel(
                "Refused for a policy",
                "ops",
                [
                    (
                        rare(rate("murmuration_inbox_refused_total", where='{reason="suspended"}')),
                        "from suspended servers",
                    ),
                    (
                        rare(rate("murmuration_delivery_refusals_total", where='{reason="policy"}')),
                        "to suspended servers",
                    ),
                ],
            ),
            Panel(
                "Too many requests",
                "ops",
                [(rare(rate("murmuration_rate_limit_refused_total", "limit")), "{{limit}}")],
            ),
            rates("Requests", "murmuration_http_requests_total", "status", '{service="moderation"}'),
        ],
    ],
)

ONECHOSEN = Dashboard(
    "service",
    "One service",
    [
        [
            rates("Requests", "murmuration_http_requests_total", "status", CHOSEN),
            Panel(
                "Slowest routes, p99",
                "s",
                [(f"topk(8, {quantile(0.99, 'murmuration_http_request_seconds', 'route', CHOSEN)})", "{{route}}")],
            ),
            times("Transactions", "murmuration_transaction_seconds", where=CHOSEN),
            Panel(
                "Connections",
                "short",
                [('sum by (state) (murmuration_database_connections{service="$service"})', "{{state}}")],
            ),
        ],
        [
            Panel(
                "Outbox",
                "short",
                [('max by (schema) (murmuration_outbox_unsent{service="$service"})', "{{schema}} unsent")],
            ),
            rates("Messages", "murmuration_messages_total", "verdict", CHOSEN),
            times("From publishing to handling", "murmuration_queue_wait_seconds", "queue", CHOSEN),
            Panel("Overdue", "short", [(f"max by (queue) (murmuration_messages_overdue{CHOSEN})", "{{queue}}")]),
        ],
        [
            Panel("CPU", "short", [(f"rate(process_cpu_seconds_total{CHOSEN}[$__rate_interval])", "{{instance}}")]),
            Panel("Memory", "bytes", [(f"process_resident_memory_bytes{CHOSEN}", "{{instance}}")]),
            times("Lag of the event loop", "murmuration_event_loop_lag_seconds", where=CHOSEN),
            Panel(
                "Since a periodic task succeeded",
                "s",
                [(f"time() - max by (task) (murmuration_periodic_last_success_timestamp_seconds{CHOSEN})", "{{task}}")],
            ),
        ],
    ],
    by_service=True,
)

DASHBOARDS = (OVERVIEW, FEDERATION, DELIVERY, INBOX, TIMELINES, MEDIA, MODERATION, ONECHOSEN)


def document(dashboard: Dashboard) -> dict[str, Any]:
    """As Grafana 10 and newer import it."""
    return {
        "uid": f"murmuration-{dashboard.name}",
        "title": f"Murmuration: {dashboard.title}",
        "tags": ["murmuration"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": list(_variables(dashboard))},
        "panels": list(_placed(dashboard.rows)),
    }


def _variables(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    yield {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}
    if dashboard.by_service:
        yield {
            "name": "service",
            "label": "Service",
            "type": "query",
            "datasource": SOURCE,
            "query": 'label_values(up{job="murmuration"}, service)',
            "refresh": 2,
        }


def _placed(rows: Sequence[Sequence[Panel]]) -> Iterator[dict[str, Any]]:
    number = 0
    for line, row in enumerate(rows):
        width = WIDTH // len(row)
        for place, panel in enumerate(row):
            number += 1
            where = {"x": place * width, "y": line * HEIGHT, "w": width, "h": HEIGHT}
            yield _panel(panel, number) | {"gridPos": where}


def _panel(panel: Panel, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": panel.title,
        "type": panel.kind,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": expression, "legendFormat": name}
            for place, (expression, name) in enumerate(panel.series)
        ],
    }


def main() -> None:
    made = {
        FOLDER / f"{one.name}.json": json.dumps(document(one), indent=1, ensure_ascii=False) + "\n"
        for one in DASHBOARDS
    }
    found = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    if "--check" in sys.argv:
        if made != found:
            sys.exit("deploy/grafana/dashboards is not fresh: run `make dashboards`")
        return
    for path in found.keys() - made.keys():
        path.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
