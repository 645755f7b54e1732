"""What is seen of each request: a name, a span, a count, a duration, and a log line when it went wrong."""

import re
import secrets
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.telemetry import STRANGER, exemplar

log = structlog.get_logger()
tracer = trace.get_tracer("murmuration.http")

REQUESTS = Counter("murmuration_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "murmuration_http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
HEARD = frozenset({b"x-request-id", b"traceparent", b"tracestate"})
OURS = "/internal/"
"""Below this only our own services ask."""
QUIET = frozenset({"/health", "/ready", "/metrics"})
NAME = re.compile(r"[A-Za-z0-9_@-]{1,255}")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Observed:
    """ASGI middleware. Routes are counted by their template, so labels stay bounded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # What `labels` finds: as many as routes and ways to answer them.
        self._counted: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        status = 500
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"] if key in HEARD}
        name = name_of(headers)

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", name.encode())]
            await send(message)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=name), _span(scope, headers) as span:
            try:
                await self._app(scope, receive, watch)
            finally:
                self._record(scope, status, time.perf_counter() - started, span)

    def _record(self, scope: Scope, status: int, seconds: float, span: Any) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "other"
        span.update_name(f"{method} {route}")
        span.set_attribute("http.response.status_code", status)
        counted = self._counted.get((method, route, status))
        if counted is None:
            counted = REQUESTS.labels(method, route, str(status)), SECONDS.labels(route)
            self._counted[method, route, status] = counted
        counted[0].inc()
        counted[1].observe(seconds, exemplar())
        ms = round(seconds * 1000, 1)
        log.log(40 if status >= 500 else 10, "request", method=method, route=route, status=status, ms=ms)


def _span(scope: Scope, headers: Mapping[str, str]) -> AbstractContextManager[trace.Span]:
    """None is opened where nobody would be told of it."""
    if "traceparent" not in headers and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return nullcontext(trace.INVALID_SPAN)
    whose = {} if scope["path"].startswith(OURS) else {STRANGER: True}
    return tracer.start_as_current_span(scope["method"], extract(headers), kind=trace.SpanKind.SERVER, attributes=whose)


def name_of(headers: Mapping[str, str]) -> str:
    """What the request is called in its answer and in our log: as the edge called it, if it did."""
    given = headers.get("x-request-id", "")
    return given if NAME.fullmatch(given) else secrets.token_hex(16)
