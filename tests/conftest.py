"""What tests run on: real PostgreSQL, RabbitMQ and Redis, private to this run and started by it."""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from chassis.db import Database, Tx, open_database
from chassis.settings import Settings
from native.infrastructure import Infrastructure
from social.addresses import Addresses

# alpha and beta, started once for all; an eye on every answer; what clients leave out; what comes first.
pytest_plugins = ["servers", "shapes", "not_called", "order"]

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
TEMPLATE = "template_murmuration"


@pytest.fixture(scope="session")
def infrastructure() -> Iterator[Infrastructure]:
    """All three servers. `MURMURATION_TEST_HOME` names a folder whose servers run already, for one process."""
    kept = os.environ.get("MURMURATION_TEST_HOME")
    if kept and "PYTEST_XDIST_WORKER" not in os.environ:
        yield Infrastructure(Path(kept), running=True)
        return
    with Infrastructure(ROOT / ".run" / f"test-{os.getpid()}") as started:
        yield started


@pytest.fixture(scope="session")
def template(infrastructure: Infrastructure) -> str:
    """A migrated database that each test's own is copied from, and the broker's queues."""
    for name in (TEMPLATE, "murmuration"):
        asyncio.run(infrastructure.drop_database(name))
        asyncio.run(infrastructure.create_database(name))
    environment = os.environ | infrastructure.environment(TEMPLATE)
    subprocess.run([sys.executable, "-m", "chassis.migrate"], env=environment, check=True)
    return TEMPLATE


_numbers = itertools.count(1)


@pytest.fixture
async def database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    """The name of a fresh, migrated, empty database."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
def environment(infrastructure: Infrastructure, database: str) -> dict[str, str]:
    """The environment variables by which a service finds this test's database, the broker and Redis."""
    return infrastructure.environment(database)


@pytest.fixture
def make_settings(environment: dict[str, str]) -> Callable[..., Settings]:
    """`make_settings(ServiceSettings, domain=…)`: settings of any service on this test's servers."""

    def make(kind: type[Settings] = Settings, **changes: object) -> Settings:
        found = {key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()}
        defaults = {"domain": "ours.test", "internal_secret": "internal", "secret_key": "secret", "development": True}
        return kind(**{**found, **defaults, **changes})

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


@pytest.fixture
def addresses(settings: Settings) -> Addresses:
    return Addresses(settings.url, settings.domain)


@pytest.fixture
async def as_role(settings: Settings) -> AsyncIterator[Callable[[str], Awaitable[Database]]]:
    """`await as_role("inbox")`: a Database that may do what that service may do."""
    async with _opened(settings) as open_as:
        yield open_as


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Callable[[str], Awaitable[Database]]]:
    async with AsyncExitStack() as stack:
        known: dict[str, Database] = {}

        async def open_as(role: str) -> Database:
            if role not in known:
                opening = open_database(settings, role=role, schema=role)
                known[role] = await stack.enter_async_context(opening)
            return known[role]

        yield open_as


@pytest.fixture
async def gateway(as_role: Callable[[str], Awaitable[Database]]) -> Database:
    """The database as api-gateway sees it: it writes what our own people do."""
    return await as_role("api_gateway")


@pytest.fixture
async def inbox(as_role: Callable[[str], Awaitable[Database]]) -> Database:
    """The database as inbox sees it: it writes what other servers say."""
    return await as_role("inbox")


@pytest.fixture
async def superuser(infrastructure: Infrastructure, database: str) -> AsyncIterator["asyncpg.Connection"]:
    """A connection that may do anything: to look at what happened, never to make it happen."""
    conn = await asyncpg.connect(infrastructure.superuser_url(database))
    yield conn
    await conn.close()


@pytest.fixture
async def tx(gateway: Database) -> AsyncIterator[Tx]:
    """A transaction as api-gateway, rolled back when the test ends."""
    async with gateway.connection() as conn:
        transaction = conn.transaction()
        await transaction.start()
        yield Tx(conn)
        await transaction.rollback()
