"""The server acts in its own name."""

import asyncio

from apcore.keys import load_private, load_public
from api_gateway import instance_actor
from api_gateway.resources import Resources
from social.accounts import store
from social.accounts.model import INSTANCE_ACTOR


async def test_the_server_has_one_actor_of_its_own_however_many_start(resources: Resources) -> None:
    await asyncio.gather(*(instance_actor.ensure(resources.db, resources.addresses) for _ in range(3)))
    actor = await store.by_id(resources.db, INSTANCE_ACTOR)
    assert actor is not None
    assert (actor.username, actor.actor_type, actor.uri, actor.inbox_url) == (
        "ours.test",
        "Application",
        "https://ours.test/actor",
        "https://ours.test/actor/inbox",
    )
    pem = await store.private_key_of(resources.db, INSTANCE_ACTOR)
    assert pem is not None
    assert load_private(pem).public_key() == load_public(actor.public_key_pem or "")
