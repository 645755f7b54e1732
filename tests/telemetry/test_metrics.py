"""Every service says how it is, and no stranger can make its metrics grow."""

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families
from signing_in import a_browser
from waiting import eventually

import api_gateway.app
import api_gateway.resources
import api_gateway.settings
import delivery.app
import delivery.resources
import delivery.settings
import inbox.app
import inbox.resources
import inbox.settings
import media.app
import media.resources
import media.settings
import moderation.app
import moderation.resources
import moderation.settings
import timeline.app
import timeline.resources
import timeline.settings
from chassis.worker import Verdict, Worker
from delivery import rules
from delivery.metrics import count_refusal
from delivery.model import Refused
from delivery.worker import QUEUES
from native.infrastructure import Infrastructure

SERVICES: dict[str, tuple[Any, Any, Any]] = {
    "api-gateway": (
        api_gateway.settings.Settings,
        api_gateway.resources.open_resources,
        api_gateway.app.create_app,
    ),
    "inbox": (inbox.settings.Settings, inbox.resources.open_resources, inbox.app.create_app),
    "delivery": (delivery.settings.Settings, delivery.resources.open_resources, delivery.app.create_app),
    "timeline": (timeline.settings.Settings, timeline.resources.open_resources, timeline.app.create_app),
    "media": (media.settings.Settings, media.resources.open_resources, media.app.create_app),
    "moderation": (moderation.settings.Settings, moderation.resources.open_resources, moderation.app.create_app),
}

MANY = 10_000
STRANGER = "evil9.example"
STRANGE = (
    ("GET", "/api/v1/accounts/117667742705123329"),
    ("GET", "/api/v1/statuses/117667742705123329/context"),
    ("GET", f"/@somebody@{STRANGER}/117667742705123329"),
    ("GET", "/ap/users/117667742705123329/statuses/117667742705123329"),
    ("GET", f"/.well-known/webfinger?resource=acct:somebody@{STRANGER}"),
    ("GET", f"/media/{STRANGER}/117667742705123329.png"),
    ("GET", f"/internal/hosts/{STRANGER}"),
    ("POST", "/inbox"),
    ("POST", "/api/v1/reports"),
    ("BREW", f"/{STRANGER}"),
)

BOUNDED = re.compile(
    r"""
    [1-5]\d\d                          # a status
    | [A-Za-z_-]{1,40}                  # a word of ours
    | [a-z_]+(\.[a-z_]+)+               # a queue, a topic, a periodic job
    | /([a-z_.@/-]|v[12]|{[a-z_:]+})*   # a route, its variable parts in braces
    """,
    re.VERBOSE,
)
PYTHONS = ("python_", "process_")
"""Metrics of the client library about the process."""


@pytest.fixture(scope="module")
async def shared_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_metrics"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
def database(shared_database: str) -> str:
    """The same for all tests: none of them writes."""
    return shared_database


@asynccontextmanager
async def opened(service: str, make_settings: Callable[..., Any]) -> AsyncIterator[FastAPI]:
    settings, open_resources, create_app = SERVICES[service]
    async with open_resources(make_settings(settings)) as resources:
        yield create_app(resources)


@pytest.fixture(params=SERVICES)
async def app(request: pytest.FixtureRequest, make_settings: Callable[..., Any]) -> AsyncIterator[FastAPI]:
    async with opened(request.param, make_settings) as found:
        yield found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with a_browser(app) as found:
        yield found


async def called_by(app: FastAPI, host: str, status: int) -> None:
    """The host delivers something that nobody believes, asks for somebody, and answers us with a status of its own."""
    body = b'{"id": "https://%s/1", "type": "Like", "actor": "https://%s/a", "object": "https://%s/2"}' % (
        (host.encode(),) * 3
    )
    headers = [
        (b"host", host.encode()),
        (b"content-type", b"application/activity+json"),
        (b"user-agent", host.encode()),
    ]
    await asked(app, "POST", "/inbox", headers, body)
    if status % 10 == 0:
        await asked(app, f"VERB{status}", f"/{host}", headers, b"")
    match rules.meaning_of(status, None):
        case Refused(reason):
            count_refusal(reason)
        case _:
            pass


async def asked(app: FastAPI, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Without a client, who would take longer than the server."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.1", 4000),
        "server": ("ours.test", 443),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_: Any) -> None:
        pass

    await app(scope, receive, send)


def count_of_series() -> int:
    return sum(len(metric.samples) for metric in REGISTRY.collect())


async def metrics(client: httpx.AsyncClient) -> list[Metric]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    return [m for m in text_string_to_metric_families(answer.text) if not m.name.startswith(PYTHONS)]


def labels(found: list[Metric]) -> Iterator[tuple[str, str, str]]:
    for metric in found:
        for sample in metric.samples:
            for name, value in sample.labels.items():
                if name != "le":
                    yield metric.name, name, value


async def test_every_service_says_that_it_lives_and_can_work(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}

    async def checks() -> bool:
        return all((await client.get("/ready")).json()["checks"].values())

    await eventually(checks)


async def test_every_service_counts_its_requests(client: httpx.AsyncClient) -> None:
    async def unmatched() -> float:
        return sum(
            sample.value
            for metric in await metrics(client)
            for sample in metric.samples
            if sample.name == "murmuration_http_requests_total" and sample.labels["route"] == "unmatched"
        )

    before = await unmatched()
    await client.get(f"/no/such/page/of/{STRANGER}")
    assert await unmatched() == before + 1


async def test_strangers_put_no_words_into_labels(client: httpx.AsyncClient) -> None:
    # Other tests of this process have queues of their own, which no service has.
    foreign = set(labels(await metrics(client)))
    for method, path in STRANGE:
        await client.request(method, path, headers={"Host": STRANGER, "User-Agent": STRANGER})
    found = list(labels(await metrics(client)))
    assert found
    assert [entry for entry in found if entry not in foreign and not BOUNDED.fullmatch(entry[2])] == []


async def test_ten_thousand_hosts_that_call_add_no_series_of_their_own(make_settings: Callable[..., Any]) -> None:
    async with opened("inbox", make_settings) as app:
        await called_by(app, "first.example", 400)
        before = count_of_series()
        for number in range(MANY):
            await called_by(app, f"host{number}.example", 100 + number % 900)
        assert count_of_series() - before <= 60


async def test_a_message_nobody_can_read_is_counted_without_its_words(client: httpx.AsyncClient) -> None:
    worker: Worker[Any] = Worker(None, QUEUES)
    verdict = await worker.handle(QUEUES[0], b'{"type": "evil9.example"}')
    assert verdict is Verdict.PARK
    assert [entry for entry in labels(await metrics(client)) if STRANGER in entry[2]] == []
