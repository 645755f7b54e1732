"""What is open while moderation runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import msgspec
from fastapi import Depends, Request
from redis.asyncio import Redis

from chassis.broadcast import open_broadcast
from chassis.cache import open_redis
from chassis.db import Database, open_database
from mastoapi.present import MediaUrls
from mastoapi.tokens import Tokens
from moderation.peers import Delivery
from moderation.settings import Settings
from social.addresses import Addresses


class Resources(msgspec.Struct, frozen=True):
    settings: Settings
    db: Database
    addresses: Addresses
    urls: MediaUrls
    redis: Redis
    tokens: Tokens
    delivery: Delivery


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    async with open_database(settings, role="moderation", schema="moderation") as db, open_redis(settings) as redis:
        tokens = Tokens(db)
        async with open_broadcast(settings, tokens.hearings), httpx.AsyncClient(trust_env=False) as client:
            yield Resources(
                settings=settings,
                db=db,
                addresses=Addresses(settings.url, settings.domain),
                urls=MediaUrls(settings.url, settings.media_base_url),
                redis=redis,
                tokens=tokens,
                delivery=Delivery(client, settings),
            )


async def _resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
