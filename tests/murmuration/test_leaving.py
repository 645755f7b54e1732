"""Moving and deleting accounts from the command line."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from inbox_scene import authority, ca_file, changes, database, inboxs_database, neighbours, resources
from neighbours import Neighbours
from operating import bound_to

from chassis.db import Database
from inbox.app import create_app
from inbox.resources import Resources
from social.accounts import store as accounts

__all__ = ["authority", "ca_file", "changes", "database", "inboxs_database", "neighbours", "resources"]

Say = Callable[[str], Awaitable[subprocess.CompletedProcess[str]]]
PERSON = "--email {0}@mail.example --password long-enough --confirmed"


@pytest.fixture
async def inbox_url(resources: Resources) -> AsyncIterator[str]:
    """The inbox service, where the command line asks for accounts elsewhere."""
    server = uvicorn.Server(uvicorn.Config(create_app(resources), port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
def say(environment: dict[str, str]) -> Say:
    run = bound_to(environment | {"MURMURATION_INTERNAL_SECRET": "internal"})

    async def said(words: str, inbox_url: str = "") -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(run, words, **({"inbox_url": inbox_url} if inbox_url else {}))

    return said


async def topics(gateway: Database) -> list[str]:
    return [row["topic"] for row in await gateway.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id")]


async def test_an_account_moves_once_the_other_one_knows_it(
    say: Say, inbox_url: str, gateway: Database, neighbours: Neighbours
) -> None:
    await say(f"accounts create alice {PERSON.format('alice')}")
    alice = await accounts.by_handle(gateway, "alice", None)
    assert alice is not None
    carol = neighbours.person("carol", "good.localhost", key=1)
    refused = await say(f"accounts move alice {carol.handle}", inbox_url)
    assert (refused.returncode, "does not name this one" in refused.stderr) == (1, True)
    carol.profile = {"alsoKnownAs": [alice.uri]}
    carol.publish()
    moved = await say(f"accounts move alice {carol.handle}", inbox_url)
    assert (moved.returncode, moved.stdout) == (0, f"@alice has moved to @{carol.handle}\n")
    assert (await topics(gateway))[-2:] == ["account.moved", "account.updated"]
    again = await say(f"accounts move alice {carol.handle}", inbox_url)
    assert (again.returncode, "a short while ago" in again.stderr) == (1, True)


async def test_aliases_come_and_go(say: Say, inbox_url: str, gateway: Database, neighbours: Neighbours) -> None:
    await say(f"accounts create alice {PERSON.format('alice')}")
    carol = neighbours.person("carol", "good.localhost", key=1)
    assert (await say(f"accounts alias add alice {carol.handle}", inbox_url)).returncode == 0
    alice = await accounts.by_handle(gateway, "alice", None)
    assert alice is not None
    assert alice.also_known_as == [carol.uri]
    assert (await say(f"accounts alias remove alice {carol.uri}")).returncode == 0
    assert (await say(f"accounts alias remove alice {carol.uri}")).returncode == 1
    assert (await say("accounts alias add alice alice")).returncode == 1


async def test_without_inbox_nobody_elsewhere_is_found(say: Say) -> None:
    await say(f"accounts create alice {PERSON.format('alice')}")
    refused = await say("accounts move alice carol@good.example", "http://127.0.0.1:9")
    assert (refused.returncode, "does not answer" in refused.stderr) == (3, True)


async def test_nothing_stays_of_a_deleted_account_but_its_name(say: Say, gateway: Database) -> None:
    await say(f"accounts create alice {PERSON.format('alice')}")
    done = await say("accounts delete alice --yes")
    assert (done.returncode, done.stderr) == (0, "")
    alice = await accounts.by_handle(gateway, "alice", None)
    assert alice is not None
    assert alice.suspended_at is not None
    assert await accounts.private_key_of(gateway, alice.id)
    assert await gateway.fetchval("SELECT count(*) FROM social.users") == 0
    assert (await topics(gateway))[-1] == "account.deleted"
    assert (await say("accounts delete alice --yes")).returncode == 1
    again = await say(f"accounts create ALICE {PERSON.format('other')}")
    assert (again.returncode, "already been taken" in again.stderr) == (1, True)
