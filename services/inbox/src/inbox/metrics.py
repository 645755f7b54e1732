"""What inbox counts. Every label has a bounded set of values."""

from prometheus_client import Counter

ACCEPTED = Counter("murmuration_inbox_accepted_total", "Requests answered 202", ["lane"])
REFUSED = Counter("murmuration_inbox_refused_total", "Requests refused", ["reason"])
FORWARDED = Counter(
    "murmuration_inbox_forwarded_total", "Activities that others than their authors brought", ["outcome"]
)
PROCESSED = Counter("murmuration_inbox_activities_total", "Activities, by what became of them", ["activity", "outcome"])
QUOTES = Counter("murmuration_inbox_quotes_total", "Quotes by others that were looked at", ["outcome"])
POLLS = Counter("murmuration_inbox_polls_total", "Polls elsewhere asked for their numbers", ["outcome"])
THREADS = Counter("murmuration_inbox_threads_total", "Walks through threads that somebody opened", ["outcome"])
OUTBOXES = Counter("murmuration_inbox_outboxes_total", "Outboxes read for posts that were not delivered", ["outcome"])
UNASKED = Counter("murmuration_inbox_unasked_total", "What is fetched though nobody waits for it", ["outcome"])
FOLLOWERS = Counter(
    "murmuration_inbox_followers_total", "What others' servers say of who follows there, held against ours", ["outcome"]
)
KEY_FETCHES = Counter("murmuration_inbox_key_fetches_total", "Signers' keys fetched", ["outcome"])
RESOLVED = Counter("murmuration_inbox_resolved_total", "Handles and addresses resolved for people here", ["outcome"])
RELAYED = Counter("murmuration_inbox_relayed_total", "What relays brought, by what became of it", ["outcome"])
