"""Fixtures: media in this process, on a database emptied before each test; other servers are a web server of ours."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import msgspec
import pytest
from aiohttp import web
from emptying import empty_all_tables
from signing_in import a_browser
from studio import Elsewhere, Studio

from chassis.db import Database
from media.app import create_app
from media.images.process import Images, open_images
from media.resources import Resources, open_resources
from media.settings import Settings
from native.infrastructure import Infrastructure


@pytest.fixture(scope="session")
async def images() -> AsyncIterator[Images]:
    """One process for all tests: starting it takes half a second."""
    async with open_images(processes=1, timeout=20) as opened:
        yield opened


@pytest.fixture(scope="session")
async def medias_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_media"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture
async def database(infrastructure: Infrastructure, medias_database: str) -> str:
    """Migrated and empty."""
    await empty_all_tables(infrastructure.superuser_url(medias_database))
    return medias_database


@pytest.fixture
def media_settings(make_settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    return make_settings(
        Settings,
        media_root=tmp_path / "files",
        rate_limit_factor=0,
        image_processes=1,
        image_timeout=20,
        allowed_private_networks="127.0.0.1/32",
    )


@pytest.fixture
async def resources(media_settings: Settings, images: Images) -> AsyncIterator[Resources]:
    async with open_resources(media_settings) as opened:
        yield msgspec.structs.replace(opened, images=images)


@pytest.fixture
async def studio(resources: Resources, as_role: Callable[[str], Awaitable[Database]]) -> Studio:
    return Studio(resources, {name: await as_role(name) for name in ("api_gateway", "inbox", "moderation")})


@pytest.fixture
async def client(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody in particular."""
    async with a_browser(create_app(resources)) as opened:
        yield opened


@pytest.fixture
async def alice(studio: Studio, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of Alice's."""
    client.headers["Authorization"] = f"Bearer {await studio.token_of('alice')}"
    return client


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """Another server's files."""
    held = Elsewhere()
    runner = web.AppRunner(held.app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    held.port = runner.addresses[0][1]
    yield held
    await runner.cleanup()
