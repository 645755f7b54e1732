"""What a client asked for can be followed to the inbox on the other server: it is one trace."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from peers import Peers, Post, open_peers
from people import a_remote_account
from signing_in import a_browser
from talking import Person, a_person
from waiting import eventually

import api_gateway.app
import api_gateway.resources
import api_gateway.settings
import delivery.resources
import delivery.settings
from chassis.bus import connect, open_bus
from chassis.clock import utc_now
from chassis.db import Database
from chassis.outbox import Relay
from chassis.settings import Settings
from delivery.worker import QUEUES, create_worker
from social.relationships import actions as relationships

PATH = [
    "POST /api/v1/statuses",
    "publish status.created",
    "process delivery.plans",
    "publish delivery.deliver",
    "process delivery.deliveries",
    "deliver",
]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def peers(authority: trustme.CA) -> AsyncIterator[Peers]:
    async with open_peers(authority) as opened:
        yield opened


@pytest.fixture
async def client(make_settings: Callable[..., Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of api-gateway."""
    settings = make_settings(api_gateway.settings.Settings)
    async with (
        api_gateway.resources.open_resources(settings) as resources,
        a_browser(api_gateway.app.create_app(resources)) as opened,
    ):
        yield opened


@pytest.fixture
async def alice(gateway: Database, client: httpx.AsyncClient) -> Person:
    return await a_person(gateway, client, "alice")


@pytest.fixture
async def follower(inbox: Database, alice: Person, peers: Peers) -> None:
    """Somebody on another server reads what Alice posts."""
    async with inbox.transaction() as tx:
        bob = await a_remote_account(tx, f"bob@{peers.host('far')}")
        await relationships.follow(tx, bob, alice.account, now=utc_now())


@pytest.fixture
async def delivering(make_settings: Callable[..., Any], authority: trustme.CA, tmp_path: Path) -> AsyncIterator[None]:
    """Delivery's worker, and the relays of both services, run as they do in processes of their own."""
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    settings = make_settings(delivery.settings.Settings, allowed_private_networks="127.0.0.1/32", extra_ca_file=ca_file)
    async with (
        delivery.resources.open_resources(settings) as resources,
        consuming(resources),
        relaying(settings, "api_gateway"),
        relaying(settings, "delivery"),
    ):
        yield


@asynccontextmanager
async def consuming(resources: delivery.resources.Resources) -> AsyncIterator[None]:
    async with open_bus(resources.settings) as bus, await connect(resources.settings) as connection:
        channel = await connection.channel()
        for queue in QUEUES:
            await (await channel.get_queue(queue.name)).purge()
        worker = create_worker(resources)
        await worker.consume(channel, bus)
        yield
        await worker.drain()


@asynccontextmanager
async def relaying(settings: Settings, schema: str) -> AsyncIterator[None]:
    async with open_bus(settings) as bus:
        task = asyncio.create_task(Relay(settings, bus, role=schema, schema=schema).run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def arrived(peers: Peers) -> Post:
    async def look() -> list[Post]:
        return peers.received

    return (await eventually(look))[0]


def lineage(finished: Sequence[ReadableSpan], span_id: int | None) -> list[ReadableSpan]:
    """The span and those it came from, the first one first."""
    by_id = {span.context.span_id: span for span in finished}
    found: list[ReadableSpan] = []
    while span_id is not None and (span := by_id.get(span_id)) is not None:
        found.insert(0, span)
        span_id = span.parent.span_id if span.parent else None
    return found


@pytest.mark.usefixtures("follower", "delivering")
async def test_a_post_is_one_trace_from_the_client_to_the_other_servers_inbox(
    alice: Person, peers: Peers, spans: InMemorySpanExporter
) -> None:
    await alice.says("Hello over there")
    post = await arrived(peers)
    _, trace_id, span_id, _ = post.headers["traceparent"].split("-")

    async def path() -> list[str]:
        return [span.name for span in lineage(spans.get_finished_spans(), int(span_id, 16))]

    await eventually(path, is_=PATH)
    seen = {span.context.trace_id for span in lineage(spans.get_finished_spans(), int(span_id, 16))}
    assert seen == {int(trace_id, 16)}


@pytest.mark.usefixtures("follower", "delivering")
async def test_the_trace_goes_on_in_that_of_the_caller(
    alice: Person, peers: Peers, spans: InMemorySpanExporter
) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    await alice.ask("POST", "/api/v1/statuses", json={"status": "Hello"}, headers=headers)
    assert (await arrived(peers)).headers["traceparent"].split("-")[1] == trace_id


@pytest.mark.usefixtures("follower", "delivering")
async def test_two_posts_are_two_traces(alice: Person, peers: Peers, spans: InMemorySpanExporter) -> None:
    await alice.says("One")
    await alice.says("Two")

    async def traces() -> int:
        return len({post.headers["traceparent"].split("-")[1] for post in peers.received})

    await eventually(traces, is_=2)


async def test_a_request_is_one_span_whatever_the_framework_adds(
    client: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    await client.get("/api/v2/instance")
    assert [span.name for span in spans.get_finished_spans()] == ["GET /api/v2/instance"]


async def test_asking_how_a_service_is_leaves_no_span(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    for path in ("/health", "/ready", "/metrics"):
        await client.get(path)
    assert spans.get_finished_spans() == ()
