"""Other keys for those who sign."""

import pytest
from operating import Run, bound_to

from apcore import keys
from chassis.db import Database
from social.accounts import store
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import INSTANCE_ACTOR, Account
from social.addresses import Addresses


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    return bound_to(environment)


async def test_keys_are_changed_for_one_for_the_server_and_for_all(
    run: Run, gateway: Database, addresses: Addresses, superuser
) -> None:
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, addresses, keys.generate())
    run("accounts create alice --email alice@mail.example --confirmed")

    async def account(username: str) -> Account:
        found = await store.by_handle(gateway, username, None)
        assert found is not None
        return found

    server = await store.by_id(gateway, INSTANCE_ACTOR)
    assert server is not None
    before = await account("alice")
    assert "1 account signs" in run("accounts rotate-keys alice").stdout
    after = await account("alice")
    assert (set(after.keys), set(after.keys.values()) & set(before.keys.values())) == (set(before.keys), set())
    private = keys.load_private(await store.private_key_of(gateway, after.id) or "")
    assert private.public_key() == keys.load_public(after.public_key_pem or "")
    further = keys.load_ed25519(await store.ed25519_key_of(gateway, after.id) or "")
    assert keys.write_multikey(further.public_key()) == after.multikeys[0]["multibase"]
    assert "1 account signs" in run("accounts rotate-keys --server").stdout
    assert "2 accounts sign" in run("accounts rotate-keys --all").stdout
    told = [row["topic"] for row in await superuser.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id")]
    assert told.count("account.keys_rotated") == 4
    assert run("accounts rotate-keys").returncode == 1
    assert run("accounts rotate-keys nobody").returncode == 1
