"""What goes to other servers and comes from them: dashboards of federation, delivery and the inbox."""

from panels import Dashboard, Panel, queues, rare, rate, rates, times

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
