"""What people here read, post and report: dashboards of timelines, media and moderation."""

from panels import Dashboard, Panel, queues, rare, rate, rates, times

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
