"""Peers for the guarded client: real TLS servers on loopback, in this process."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from apcore.fetch import Fetcher, FetchSettings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ACTIVITY = "application/activity+json"
NAMES = [f"{name}.{domain}" for name in ("peer", "good", "evil", "other") for domain in ("localhost", "test")]


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


class Peer:
    """A server that answers each path with what the test put there, and remembers who asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.port = 0
        self.routes: dict[str, Handler] = {}
        self.asked: list[web.BaseRequest] = []

    def url(self, path: str, host: str = "peer.localhost") -> str:
        return f"https://{host}:{self.port}{path}"

    def serves(self, path, document, *, content_type=ACTIVITY, status=200, headers=None):
        async def answer(_):
            return web.json_response(document, content_type=None, status=status,
                                     headers={"Content-Type": content_type, **(headers or {})})  # fmt: skip

        self.routes[path] = answer

    def redirects(self, path, location, status=302):
        async def answer(_):
            return web.Response(status=status, headers={"Location": location})

        self.routes[path] = answer

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request)
        handler = self.routes.get(request.path)
        return web.Response(status=404) if handler is None else await handler(request)


@asynccontextmanager
async def open_peer(authority, address="127.0.0.1") -> AsyncIterator[Peer]:
    peer = Peer(address)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*NAMES, address).configure_cert(context)
    runner = web.ServerRunner(web.Server(peer.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, address, 0, ssl_context=context)
    await site.start()
    peer.port = runner.addresses[0][1]
    try:
        yield peer
    finally:
        await runner.cleanup()


@pytest.fixture
async def peer(authority):
    async with open_peer(authority) as opened:
        yield opened


@pytest.fixture
def settings(ca_file) -> FetchSettings:
    return FetchSettings(
        user_agent="Murmuration/test",
        private_networks=(ip_network("127.0.0.1/32"),),
        ca_file=ca_file,
        connect_seconds=2,
        read_seconds=1,
        deadline_seconds=2,
        failed_seconds=0,
        refused_seconds=0,
    )


@pytest.fixture
async def fetcher(settings):
    async with Fetcher(settings) as opened:
        yield opened


class Canary:
    """A listener on an address that is not for us; it says whether anyone connected."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.port = listener.getsockname()[1]

    async def was_reached(self) -> bool:
        await asyncio.sleep(0.02)
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True


@pytest.fixture
def canary():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Canary(listener)


@pytest.fixture
async def neighbour(authority):
    """A second server, on an address of its own."""
    async with open_peer(authority, "127.0.0.2") as opened:
        yield opened


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
