"""What is seen of each request: a span, a count, a duration, and a log line when it went wrong."""

import time
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()
tracer = trace.get_tracer("murmuration.http")

REQUESTS = Counter("murmuration_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "murmuration_http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
QUIET = frozenset({"/health", "/ready", "/metrics"})
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Observed:
    """ASGI middleware. Routes are counted by their template, so labels stay bounded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        started = time.perf_counter()
        with tracer.start_as_current_span(scope["method"], extract(headers), kind=trace.SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, watch)
            finally:
                self._record(scope, status, time.perf_counter() - started, span)

    def _record(self, scope: Scope, status: int, seconds: float, span: Any) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "other"
        span.update_name(f"{method} {route}")
        span.set_attribute("http.response.status_code", status)
        REQUESTS.labels(method, route, str(status)).inc()
        SECONDS.labels(route).observe(seconds)
        log.log(
            40 if status >= 500 else 10,
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )
