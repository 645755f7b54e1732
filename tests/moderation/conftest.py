"""moderation in this process, on a database that is emptied before each test."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from courtroom import Court
from emptying import empty_all_tables
from signing_in import a_browser

from chassis.db import Database
from moderation.app import create_app
from moderation.resources import Resources, open_resources
from moderation.settings import Settings
from native.infrastructure import Infrastructure
from social.accounts.model import Account
from social.users.model import Role


@pytest.fixture(scope="session")
async def moderations_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_moderation"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
async def database(infrastructure: Infrastructure, moderations_database: str) -> str:
    """Migrated and empty."""
    await empty_all_tables(infrastructure.superuser_url(moderations_database))
    return moderations_database


@pytest.fixture
async def resources(make_settings: Callable[..., Settings]) -> AsyncIterator[Resources]:
    async with open_resources(make_settings(Settings, rate_limit_factor=0)) as opened:
        yield opened


@pytest.fixture
async def client(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    async with a_browser(create_app(resources)) as opened:
        yield opened


@pytest.fixture
async def court(
    resources: Resources, client: httpx.AsyncClient, as_role: Callable[[str], Awaitable[Database]]
) -> Court:
    return Court(resources, client, {name: await as_role(name) for name in ("api_gateway", "inbox")})


@pytest.fixture
async def alice(court: Court) -> Account:
    return await court.somebody("alice")


@pytest.fixture
async def maud(court: Court) -> Account:
    """A moderator."""
    return await court.somebody("maud", Role.MODERATOR)


@pytest.fixture
async def eve(court: Court) -> Account:
    """Of another server."""
    return await court.stranger("eve@evil.test")
