"""What fetching reports about itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Histogram

from apcore.fetch.model import FetchError

REQUESTS: Final = Counter(
    "apcore_fetch_requests_total",
    "Requests to foreign hosts by method and outcome",
    ["method", "outcome"],
)
SECONDS: Final = Histogram(
    "apcore_fetch_seconds",
    "Time from asking to the end of the answer, waiting and redirects included",
    ["method"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
REFUSED_ADDRESSES: Final = Counter(
    "apcore_fetch_refused_addresses_total",
    "Connections that were not made because the address is not globally routable",
)
UNCHANGED: Final = Counter(
    "apcore_fetch_unchanged_total",
    "Documents that had not changed since they were fetched before",
)


@contextmanager
def measured(method: str) -> Iterator[None]:
    started = time.perf_counter()
    outcome = "error"
    try:
        yield
        outcome = "ok"
    except FetchError as error:
        outcome = error.reason.replace(" ", "_")
        raise
    finally:
        REQUESTS.labels(method, outcome).inc()
        SECONDS.labels(method).observe(time.perf_counter() - started)
