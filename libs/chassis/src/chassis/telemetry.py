"""Traces: where spans go. Metrics are prometheus-client's, exported at /metrics."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

from chassis.settings import Settings


def configure_traces(service: str, settings: Settings) -> None:
    """Export spans when an endpoint is set; without one, spans cost next to nothing."""
    if not settings.otlp_endpoint:
        return
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: f"murmuration-{service}", "server.address": settings.domain}),
        sampler=ParentBasedTraceIdRatio(settings.trace_ratio),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)
