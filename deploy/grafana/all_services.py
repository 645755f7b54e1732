"""What every service has alike: dashboards of all of them, and of a chosen one."""

from panels import Dashboard, Panel, quantile, rates, times

CHOSEN = '{service="$service"}'

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
