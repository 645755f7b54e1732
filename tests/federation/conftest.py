"""People on two whole servers, and a foreign peer."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import trustme
from federation.fedify.peer import Peer, PeerActor, open_peer
from federation.world import Person, open_person

from native import authority
from native.server import Server


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
