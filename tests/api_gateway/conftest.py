"""api-gateway in this process, on a database of its own."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from signing_in import a_browser

from api_gateway.app import create_app
from api_gateway.resources import Resources, open_resources
from api_gateway.settings import Settings


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
