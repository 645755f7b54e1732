"""Two servers that answer only who signs: each has to know the other before it can be known itself."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import trustme
import uvicorn
from people import NOW, a_local_account

from apcore import keys
from apcore.fetch import FetchError
from chassis.db import open_database
from inbox.app import create_app
from inbox.fetching.gather import gather_actor, gather_status
from inbox.resources import Resources, open_resources
from inbox.settings import Settings
from native.infrastructure import Infrastructure
from native.ports import choose
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.statuses import actions as statuses
from social.statuses.model import Draft, Status


class House(msgspec.Struct, frozen=True):
    res: Resources
    owner: Account
    status: Status


@pytest.fixture
async def houses(
    authority: trustme.CA,
    ca_file: Path,
    tmp_path: Path,
    infrastructure: Infrastructure,
    template: str,
    make_settings: Callable[..., Settings],
) -> AsyncIterator[tuple[House, House]]:
    certificate = tmp_path / "houses.pem"
    authority.issue_cert("one.localhost", "two.localhost").private_key_and_cert_chain_pem.write_to_path(certificate)

    @asynccontextmanager
    async def opened(name: str, port: int) -> AsyncIterator[House]:
        database = f"test_{os.getpid()}_{name}"
        await infrastructure.create_database(database, template=template)
        settings = make_settings(
            Settings,
            domain=f"{name}.localhost:{port}",
            database_url=infrastructure.environment(database)["MURMURATION_DATABASE_URL"],
            allowed_private_networks="127.0.0.1/32",
            extra_ca_file=ca_file,
            authorized_fetch=True,
        )
        async with open_resources(settings) as res, _listening(res, port, certificate):
            yield await _furnished(res, name)
        await infrastructure.drop_database(database)

    first, second = choose(2)
    async with opened("one", first) as one, opened("two", second) as two:
        yield one, two


@asynccontextmanager
async def _listening(res: Resources, port: int, certificate: Path) -> AsyncIterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(create_app(res), port=port, ssl_certfile=certificate, log_level="warning", lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await serving


async def _furnished(res: Resources, name: str) -> House:
    async with open_database(res.settings, role="api_gateway", schema="api_gateway") as gateway:
        async with gateway.transaction() as tx:
            await ensure_instance_actor(tx, res.addresses, keys.generate())
        async with gateway.transaction() as tx:
            owner = await a_local_account(tx, f"{name}s_owner", addresses=res.addresses)
        async with gateway.transaction() as tx:
            draft = Draft(content="<p>Hello</p>", text="Hello", visibility="public", created_at=NOW)
            status = await statuses.post(tx, res.addresses, owner, draft)
    assert status is not None
    return House(res, owner, status)


async def test_two_servers_that_answer_only_who_signs_learn_of_each_other(houses: tuple[House, House]) -> None:
    for near, far in (houses, houses[::-1]):
        found = await gather_actor(near.res, far.owner.uri)
        assert [person.username for person in found.actors] == [far.owner.username]
        posts = await gather_status(near.res, far.status.uri)
        assert [note.id for note in posts.notes] == [far.status.uri]
        with pytest.raises(FetchError) as refused:
            await near.res.fetcher.get_document(far.owner.uri, exact=True)
        assert refused.value.status == 401
