"""Spans of what the bus brings, where somebody is told of them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from opentelemetry import trace
from opentelemetry.propagate import extract


def open_span(
    tracer: trace.Tracer, name: str, headers: Mapping[str, str], kind: trace.SpanKind
) -> AbstractContextManager[trace.Span]:
    """One in the trace that the headers name. None is opened where nobody would be told of it."""
    if "traceparent" not in headers and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return nullcontext(trace.INVALID_SPAN)
    return tracer.start_as_current_span(name, extract(headers), kind=kind)
