"""delivery in this process, on a database that is emptied before each test, with peers on real TLS."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
import trustme
from emptying import empty_all_tables
from peers import Peers, open_peers
from postman import Clock, Postman

from chassis.db import Database
from delivery.resources import Resources, open_resources
from delivery.settings import Settings
from native.infrastructure import Infrastructure
from social.accounts.model import Account


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("delivery") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
async def peers(authority: trustme.CA) -> AsyncIterator[Peers]:
    async with open_peers(authority) as opened:
        yield opened


@pytest.fixture(scope="session")
async def deliverys_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_delivery"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
async def database(infrastructure: Infrastructure, deliverys_database: str) -> str:
    """Migrated and empty."""
    await empty_all_tables(infrastructure.superuser_url(deliverys_database))
    return deliverys_database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_delivery(make_settings: Callable[..., Settings], ca_file: Path, clock: Clock) -> Callable[..., object]:
    """`open_delivery(delivery_crowd=…)`: delivery's resources with settings of the test's."""

    def make(**changes: object) -> Settings:
        defaults: dict[str, object] = {
            "allowed_private_networks": "127.0.0.1/32",
            "extra_ca_file": ca_file,
            "delivery_release_per_second": 10_000,
            "delivery_deadline_seconds": 5,
        }
        return make_settings(Settings, **(defaults | changes))

    return make


@pytest.fixture
def changes() -> dict[str, object]:
    """Settings of delivery that a module or class of tests overrides."""
    return {}


@pytest.fixture
async def resources(
    open_delivery: Callable[..., Settings], changes: dict[str, object], clock: Clock
) -> AsyncIterator[Resources]:
    async with open_resources(open_delivery(**changes)) as opened:
        # The middle of every jitter.
        yield msgspec.structs.replace(opened, clock=clock, chance=lambda: 0.5)


@pytest.fixture
async def postman(
    resources: Resources, as_role: Callable[[str], Awaitable[Database]], peers: Peers, clock: Clock
) -> Postman:
    roles = {name: await as_role(name) for name in ("api_gateway", "inbox", "moderation")}
    return Postman(resources, roles, peers, clock)


@pytest.fixture
async def alice(postman: Postman) -> Account:
    return await postman.somebody("alice")


@pytest.fixture
async def bob(postman: Postman, alice: Account) -> Account:
    """Somebody at far.localhost who follows alice."""
    account = await postman.stranger("bob")
    await postman.follows(account, alice)
    return account
