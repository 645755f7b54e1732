"""timeline in this process, on a database that is emptied before each test; events reach it as the bus brings them."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx
import msgspec
import pytest
from emptying import empty_all_tables
from signing_in import a_browser
from staging import Stage

from chassis.cache import Cache
from chassis.db import Database
from native.infrastructure import Infrastructure
from social.accounts.model import Account
from timeline.app import create_app
from timeline.feeds import Feeds
from timeline.resources import Resources, open_resources
from timeline.settings import Settings


@pytest.fixture(scope="session")
async def timelines_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_timeline"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
async def database(infrastructure: Infrastructure, timelines_database: str) -> str:
    """Migrated and empty."""
    await empty_all_tables(infrastructure.superuser_url(timelines_database))
    return timelines_database


@pytest.fixture
async def resources(make_settings: Callable[..., Settings], memory: str) -> AsyncIterator[Resources]:
    merging = {"merged_above": 0, "merged_after": 0} if memory == "merged" else {}
    async with open_resources(make_settings(Settings, rate_limit_factor=0, count_after=0, **merging)) as opened:
        await opened.redis.flushdb()
        yield opened


@pytest.fixture
def memory(request: pytest.FixtureRequest) -> str:
    """`warm`: feeds stand in Redis before anything happens. `wiped`: Redis lost all when they are read.
    `away`: it cannot be reached when they are read. `merged`: everybody is so widely followed that what
    they post is merged in when it is read."""
    return getattr(request, "param", "warm")


@pytest.fixture
async def stage(resources: Resources, as_role: Callable[[str], Awaitable[Database]], memory: str) -> Stage:
    return Stage(resources, {name: await as_role(name) for name in ("api_gateway", "inbox", "moderation")}, memory)


@pytest.fixture
async def alice(stage: Stage) -> Account:
    return await stage.somebody("alice")


@pytest.fixture
async def bob(stage: Stage) -> Account:
    return await stage.somebody("bob")


@pytest.fixture
async def carol(stage: Stage) -> Account:
    return await stage.somebody("carol")


@pytest.fixture
async def eve(stage: Stage) -> Account:
    """Of another server."""
    return await stage.stranger("eve@far.example")


@pytest.fixture
async def client(resources: Resources, memory: str) -> AsyncIterator[httpx.AsyncClient]:
    nowhere = Cache.at("redis://127.0.0.1:1")
    feeds = Feeds(nowhere, resources.settings.feed_age) if memory == "away" else resources.feeds
    async with nowhere, a_browser(create_app(msgspec.structs.replace(resources, feeds=feeds))) as opened:
        yield opened


class Statements:
    """Counts what PostgreSQL is asked by this process's pool of connections."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    async def of(self, work: Awaitable[object]) -> list[str]:
        """The statements that the work sends."""
        seen: list[str] = []
        with self._patch.context() as patch:
            # All that has parameters goes this way; BEGIN and COMMIT do not.
            patch.setattr(asyncpg.Connection, "_execute", _watched(asyncpg.Connection._execute, seen))
            await work
        return seen


def _watched(method: Callable[..., Awaitable[object]], seen: list[str]) -> Callable[..., Awaitable[object]]:
    async def watched(self: asyncpg.Connection, query: str, *args: object, **options: object) -> object:
        seen.append(" ".join(query.split()))
        return await method(self, query, *args, **options)

    return watched


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    return Statements(monkeypatch)
