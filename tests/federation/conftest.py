"""Two whole servers over TLS, each of six processes on PostgreSQL, RabbitMQ and Redis of its own."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest
from federation.world import Person, open_person

from native.ports import choose
from native.server import Server
from native.settings import LOCAL_CA, ServerSettings

ROOT = Path(__file__).parents[2]


def described(name: str, port: int) -> ServerSettings:
    return ServerSettings(
        name=name,
        domain=f"{name}.localhost:{port}",
        listen=f"127.0.0.1:{port}",
        certificate=LOCAL_CA,
        allowed_private_networks=("127.0.0.0/8",),
        durable=False,
    )


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Server, Server]]:
    """Alpha and beta, started once for all tests that cross the border."""
    ports = choose(2)
    with ExitStack() as stack:
        started = []
        for name, port in zip(("alpha", "beta"), ports, strict=True):
            folder = ROOT / ".run" / f"test-{os.getpid()}-{name}"
            server = Server(described(name, port), folder)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.callback(server.stop)
            server.start(bound=True)
            started.append(server)
        yield started[0], started[1]


@pytest.fixture(scope="session")
def alpha(servers: tuple[Server, Server]) -> Server:
    return servers[0]


@pytest.fixture(scope="session")
def beta(servers: tuple[Server, Server]) -> Server:
    return servers[1]


@pytest.fixture(scope="session")
async def people(alpha: Server, beta: Server) -> AsyncIterator[tuple[Person, Person]]:
    """Alice on alpha and bob on beta, who follow each other."""
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(open_person("alice", alpha))
        bob = await stack.enter_async_context(open_person("bob", beta))
        await alice.follow(bob.handle)
        await bob.follow(alice.handle)
        yield alice, bob


@pytest.fixture(scope="session")
def alice(people: tuple[Person, Person]) -> Person:
    return people[0]


@pytest.fixture(scope="session")
def bob(people: tuple[Person, Person]) -> Person:
    return people[1]
