"""api-gateway in this process, on a database that is emptied before each test: a new one takes half a second."""

import os
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from emptying import empty_all_tables
from fastapi import FastAPI
from signing_in import a_browser
from talking import Person, a_person

from api_gateway.app import create_app
from api_gateway.resources import Resources, open_resources
from api_gateway.settings import Settings
from native.infrastructure import Infrastructure


@pytest.fixture(scope="session")
async def gateways_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_gateway"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
async def database(infrastructure: Infrastructure, gateways_database: str) -> str:
    """Migrated and empty."""
    await empty_all_tables(infrastructure.superuser_url(gateways_database))
    return gateways_database


@pytest.fixture
async def resources(make_settings: Callable[..., Settings]) -> AsyncIterator[Resources]:
    async with open_resources(make_settings(Settings)) as opened:
        await opened.redis.flushdb()
        yield opened


@pytest.fixture
def app(resources: Resources) -> FastAPI:
    return create_app(resources)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies and follows no redirect by itself."""
    async with a_browser(app) as client:
        yield client


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API: errors that the server did not expect are answers to it, too."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://ours.test") as opened:
        yield opened


@pytest.fixture
async def alice(resources: Resources, client: httpx.AsyncClient) -> Person:
    return await a_person(resources.db, client, "alice")


@pytest.fixture
async def bob(resources: Resources, client: httpx.AsyncClient) -> Person:
    return await a_person(resources.db, client, "bob")
