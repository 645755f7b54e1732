"""What is open while api-gateway runs."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

import httpx
import msgspec
from fastapi import Depends, Request
from redis.asyncio import Redis

from api_gateway.neighbours import Neighbours
from api_gateway.oauth.sign_in import SignIn, prepared
from api_gateway.public.pages import PublicPages
from api_gateway.remembered import Remembered
from api_gateway.settings import Settings
from api_gateway.translation.desk import Desk, open_desk
from chassis.broadcast import Snapshot, open_broadcast, take_snapshot
from chassis.cache import open_redis
from chassis.clock import utc_now
from chassis.db import Database, open_database
from contracts.events import PolicyChanged
from contracts.ids import Domain
from mastoapi.present import MediaUrls
from mastoapi.tokens import Tokens
from social.addresses import Addresses
from social.policies import store as policies
from social.policies.model import Policies
from social.push import store as push
from social.server import store as server
from social.server.model import Totals, Week

A_WHILE = 300.0
A_MOMENT = 30.0
ACTIVITY_WEEKS = 12


class Numbers(msgspec.Struct, frozen=True):
    """What is counted about the server, now and then."""

    totals: Remembered[Totals]
    weeks: Remembered[list[Week]]
    peers: Remembered[list[Domain]]


class Resources(msgspec.Struct, frozen=True):
    settings: Settings
    db: Database
    addresses: Addresses
    urls: MediaUrls
    redis: Redis
    tokens: Tokens
    policies: Snapshot[Policies]
    neighbours: Neighbours
    numbers: Numbers
    pages: PublicPages
    sign_in: SignIn
    vapid: Remembered[str]
    translations: Desk


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(open_redis(settings))
        db = await stack.enter_async_context(open_database(settings, role="api_gateway", schema="api_gateway"))
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        tokens = Tokens(db)
        neighbours = Neighbours(client, settings)
        known = await take_snapshot(lambda: policies.everything(db, is_limited=settings.limited_federation))
        await stack.enter_async_context(open_broadcast(settings, [*tokens.hearings, known.hears(PolicyChanged)]))
        yield Resources(
            settings=settings,
            db=db,
            addresses=Addresses(settings.url, settings.domain),
            urls=MediaUrls(settings.url, settings.media_base_url),
            redis=redis,
            tokens=tokens,
            policies=known,
            neighbours=neighbours,
            numbers=_numbers(db),
            pages=PublicPages(settings.domain),
            sign_in=prepared(settings, redis),
            vapid=Remembered(lambda: _vapid_key(db), A_MOMENT),
            translations=await stack.enter_async_context(open_desk(settings, redis)),
        )


def _numbers(db: Database) -> Numbers:
    return Numbers(
        totals=Remembered(lambda: server.totals(db, utc_now()), A_WHILE),
        weeks=Remembered(lambda: server.weeks(db, utc_now(), ACTIVITY_WEEKS), A_WHILE),
        peers=Remembered(lambda: server.peers(db), A_WHILE),
    )


async def _vapid_key(db: Database) -> str:
    return await push.public_key(db) or ""


async def _resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
