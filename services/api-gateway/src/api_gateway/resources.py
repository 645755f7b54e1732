"""What is open while api-gateway runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from fastapi import Depends, Request
from redis.asyncio import Redis

from api_gateway.oauth.sign_in import SignIn, prepared
from api_gateway.settings import Settings
from chassis.db import Database, open_database
from mastoapi.tokens import Tokens
from social.addresses import Addresses


class Resources(msgspec.Struct, frozen=True):
    settings: Settings
    db: Database
    addresses: Addresses
    redis: Redis
    tokens: Tokens
    sign_in: SignIn


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    redis = Redis.from_url(
        settings.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2, protocol=2
    )
    async with open_database(settings, role="api_gateway", schema="api_gateway") as db, redis:
        yield Resources(
            settings=settings,
            db=db,
            addresses=Addresses(settings.url, settings.domain),
            redis=redis,
            tokens=Tokens(db),
            sign_in=prepared(settings, redis),
        )


async def _resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
