"""Which traces are kept is ours to say: nobody who calls us can fill our storage, or hide."""

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Response
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags

from chassis.http import application
from chassis.telemetry import STRANGER, OwnRatio, exemplar

TRACE = 0x4BF92F3577B34DA6A3CE929D0E0E4736
LOWEST = 0x4BF92F3577B34DA60000000000000001
"""A number that any share of numbers begins with."""


def kept(ratio: float, *, sampled: bool | None, trace_id: int = TRACE, stranger: bool = True) -> bool:
    """Whether the span of a request is kept whose caller says so, says no, or says nothing."""
    tracer = TracerProvider(sampler=OwnRatio(ratio)).get_tracer("test")
    context = None
    if sampled is not None:
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        context = trace.set_span_in_context(NonRecordingSpan(SpanContext(trace_id, 7, True, flags)))
    attributes = {STRANGER: True} if stranger else {}
    span = tracer.start_span("GET", context, kind=SpanKind.SERVER, attributes=attributes)
    if sampled is not None:
        assert span.get_span_context().trace_id == trace_id
    return span.is_recording()


@pytest.mark.parametrize(
    ("ratio", "sampled", "is_kept"),
    [(0, True, False), (0, False, False), (0, None, False), (1, True, True), (1, False, True), (1, None, True)],
)
def test_a_strangers_word_changes_nothing(ratio: float, sampled: bool | None, is_kept: bool) -> None:
    assert kept(ratio, sampled=sampled) is is_kept


@pytest.mark.parametrize(("ratio", "sampled"), [(0, True), (0, False), (1, True), (1, False)])
def test_what_our_own_processes_have_decided_stays_decided(ratio: float, sampled: bool) -> None:
    assert kept(ratio, sampled=sampled, stranger=False) is sampled


def test_nor_does_the_number_that_a_stranger_chooses() -> None:
    assert sum(kept(0.01, sampled=True, trace_id=LOWEST) for _ in range(1000)) < 60


@pytest.fixture
def asked(tracing: TracerProvider) -> Callable[[], Any]:
    """An application that says in which trace it is asked."""
    router = APIRouter()

    async def say() -> Response:
        found = exemplar()
        return Response(found["trace_id"] if found else "")

    router.get("/say")(say)
    router.get("/internal/say")(say)
    return lambda: application("test", [router], None)


async def test_times_of_requests_lead_to_their_traces(asked: Callable[[], Any]) -> None:
    transport = httpx.ASGITransport(app=asked())
    async with httpx.AsyncClient(transport=transport, base_url="http://ours.test") as client:
        trace_id = (await client.get("/say")).text
        answer = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    [line] = [line for line in answer.text.splitlines() if f'trace_id="{trace_id}"' in line]
    assert line.startswith('murmuration_http_request_seconds_bucket{le="')
    assert 'route="/say"' in line


async def test_whoever_asks_for_plain_text_gets_it(asked: Callable[[], Any]) -> None:
    transport = httpx.ASGITransport(app=asked())
    async with httpx.AsyncClient(transport=transport, base_url="http://ours.test") as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "trace_id=" not in answer.text


async def test_a_strangers_baggage_goes_no_further(carried: Sequence[str]) -> None:
    assert "baggage" not in carried


@pytest.fixture
async def carried(tracing: TracerProvider) -> list[str]:
    """What a request of a stranger's with baggage would pass on to our bus and to other servers."""
    router = APIRouter()

    async def pass_on() -> Response:
        headers: dict[str, str] = {}
        inject(headers)
        return Response(",".join(headers))

    router.get("/pass_on")(pass_on)
    transport = httpx.ASGITransport(app=application("test", [router], None))
    async with httpx.AsyncClient(transport=transport, base_url="http://ours.test") as client:
        given = {"baggage": "secret=1", "traceparent": f"00-{TRACE:032x}-00f067aa0ba902b7-01"}
        answer = await client.get("/pass_on", headers=given)
    assert "traceparent" in answer.text
    return answer.text.split(",")
