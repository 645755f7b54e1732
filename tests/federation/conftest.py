"""Whole servers over TLS, each of six processes on PostgreSQL, RabbitMQ and Redis of its own, and a foreign peer."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
import trustme
from federation.fedify.peer import Peer, PeerActor, open_peer
from federation.world import Person, open_person

from native import authority
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


@contextmanager
def running(name: str) -> Iterator[Server]:
    """A server that starts with nothing and leaves nothing."""
    [port] = choose(1)
    folder = ROOT / ".run" / f"test-{os.getpid()}-{name}"
    server = Server(described(name, port), folder)
    try:
        server.start(bound=True)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def alpha() -> Iterator[Server]:
    """Started once for all tests that cross the border."""
    with running("alpha") as server:
        yield server


@pytest.fixture(scope="session")
def beta() -> Iterator[Server]:
    with running("beta") as server:
        yield server


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


@pytest.fixture(scope="session")
async def peer(alpha: Server) -> AsyncIterator[Peer]:
    """A server of another lineage, which alpha trusts and which trusts alpha."""
    certificate = authority.certificate_file()
    key = certificate.with_name("ca.key")
    async with open_peer(trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())) as opened:
        yield opened


@pytest.fixture(scope="session")
async def anna(alpha: Server) -> AsyncIterator[Person]:
    """One of ours."""
    async with open_person("anna", alpha) as person:
        yield person


@pytest.fixture(scope="session")
async def anna_uri(anna: Person) -> str:
    return str((await anna.get("/api/v1/accounts/verify_credentials"))["uri"])


@pytest.fixture(scope="session")
async def fred(peer: Peer, anna: Person, anna_uri: str) -> PeerActor:
    """Somebody there, whom Anna follows and who follows her."""
    fred = await peer.create_actor("fred", display_name="Fred")
    await anna.follow(fred.handle)
    await fred.follow(anna.handle)
    await fred.until(lambda state: state["following"].get(anna_uri) == "accepted")
    return fred


@pytest.fixture(scope="session")
async def gerd(peer: Peer) -> PeerActor:
    """Somebody else there, whom nobody here follows."""
    return await peer.create_actor("gerd")


@pytest.fixture(scope="session")
async def lena(peer: Peer) -> PeerActor:
    """Somebody there who chooses her followers."""
    return await peer.create_actor("lena", locked=True)
