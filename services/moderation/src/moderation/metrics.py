"""What moderation reports about itself."""

from typing import Final

from prometheus_client import Counter, Gauge

ACTIONS: Final = Counter("murmuration_moderation_actions_total", "What moderators did, as in the audit log", ["action"])
ASKED: Final = Counter("murmuration_moderation_peer_requests_total", "Requests to delivery, by its answer", ["outcome"])
# The same numbers from every process: aggregate with max, not with sum.
OPEN_REPORTS: Final = Gauge("murmuration_moderation_open_reports", "Reports that nobody has closed")
OLDEST_REPORT: Final = Gauge("murmuration_moderation_oldest_report_seconds", "Age of the oldest of them")
