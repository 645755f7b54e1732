"""The server's own actor is there before anybody asks: api-gateway writes what is ours, so it makes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread

from apcore import keys
from api_gateway.resources import Resources, open_resources
from api_gateway.settings import Settings
from chassis.db import Database
from social.accounts import actions, store
from social.accounts.model import INSTANCE_ACTOR
from social.addresses import Addresses


async def ensure(db: Database, addresses: Addresses) -> None:
    """Of several processes that start at once, one makes it."""
    if await store.by_id(db, INSTANCE_ACTOR) is None:
        pair = await anyio.to_thread.run_sync(keys.generate)
        async with db.transaction() as tx:
            await actions.ensure_instance_actor(tx, addresses, pair)


@asynccontextmanager
async def open_with_actor(settings: Settings) -> AsyncIterator[Resources]:
    async with open_resources(settings) as resources:
        await ensure(resources.db, resources.addresses)
        yield resources
