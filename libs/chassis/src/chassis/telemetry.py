"""Traces: which are kept, and where spans go. Metrics are prometheus-client's, exported at /metrics."""

import secrets
from collections.abc import Sequence
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from chassis.settings import Settings

STRANGER: Final = "murmuration.stranger"
"""An attribute of spans that a request of somebody else's begins."""


class OwnRatio(Sampler):
    """Keeps the share of traces that we chose, and decides once for each.

    Whoever asks us may name their trace, so that theirs and ours are one; whether we keep it is not theirs to say, nor
    by the number that they choose for it. What our own processes tell each other has been decided.
    """

    def __init__(self, ratio: float) -> None:
        self._by_chance = TraceIdRatioBased(ratio)
        self._decided = ParentBased(self._by_chance)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if attributes and STRANGER in attributes:
            dice = secrets.randbits(128)
            return self._by_chance.should_sample(parent_context, dice, name, kind, attributes, links)
        return self._decided.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"OwnRatio({self._by_chance.rate})"


def configure_traces(service: str, settings: Settings) -> None:
    """Export spans when an endpoint is set; without one, spans cost next to nothing."""
    if not settings.otlp_endpoint:
        return
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: f"murmuration-{service}", "server.address": settings.domain}),
        sampler=OwnRatio(settings.trace_ratio),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)


def exemplar() -> dict[str, str] | None:
    """What leads from a measurement to the trace that it was taken in, if that is kept."""
    context = trace.get_current_span().get_span_context()
    return {"trace_id": format(context.trace_id, "032x")} if context.trace_flags.sampled else None
