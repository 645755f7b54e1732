"""Fixtures: inbox in this process, on a database emptied before each test, with neighbours on real TLS."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aio_pika
import httpx
import pytest
import trustme
from doorstep import OURS, Doorstep
from emptying import empty_all_tables
from neighbours import KEYS, Neighbours, Person, open_neighbours
from people import a_local_account

from chassis.db import Database
from inbox.app import create_app
from inbox.resources import Resources, open_resources
from inbox.settings import Settings
from inbox.worker import QUEUES
from native.infrastructure import Infrastructure
from social.accounts.model import Account


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inbox") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
async def neighbours(authority: trustme.CA) -> AsyncIterator[Neighbours]:
    async with open_neighbours(authority) as opened:
        yield opened


@pytest.fixture(scope="session")
async def inboxs_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_inbox"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
async def database(infrastructure: Infrastructure, inboxs_database: str) -> str:
    """Migrated and empty."""
    await empty_all_tables(infrastructure.superuser_url(inboxs_database))
    return inboxs_database


@pytest.fixture
def changes() -> dict[str, object]:
    """Settings of inbox that a module or class of tests overrides."""
    return {}


@pytest.fixture
async def resources(
    make_settings: Callable[..., Settings], ca_file: Path, changes: dict[str, object]
) -> AsyncIterator[Resources]:
    defaults: dict[str, object] = {
        "allowed_private_networks": "127.0.0.1/32",
        "extra_ca_file": ca_file,
        "key_seconds": 5,
        "resolve_seconds": 2,
        "unverified_per_host": 20,
    }
    settings = make_settings(Settings, **(defaults | changes))
    async with open_resources(settings) as opened:
        while not opened.bus.is_up:
            await asyncio.sleep(0.01)
        yield opened


@pytest.fixture
async def client(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(resources), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=OURS) as opened:
        yield opened


@pytest.fixture
async def door(resources: Resources, client: httpx.AsyncClient, neighbours: Neighbours) -> AsyncIterator[Doorstep]:
    connection = await aio_pika.connect(resources.settings.amqp_url.get_secret_value())
    async with connection:
        channel = await connection.channel()
        for queue in QUEUES:
            await (await channel.get_queue(queue.name)).purge()
        yield Doorstep(resources, client, channel, neighbours)


@pytest.fixture
async def alice(gateway: Database) -> Account:
    async with gateway.transaction() as tx:
        return await a_local_account(tx, "alice", pair=KEYS[3])


@pytest.fixture
def bob(neighbours: Neighbours) -> Person:
    return neighbours.person("bob")


@pytest.fixture
def mallory(neighbours: Neighbours) -> Person:
    return neighbours.person("mallory", "evil.localhost", key=1)
