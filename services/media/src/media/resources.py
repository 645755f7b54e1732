"""What is open while media runs."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

import msgspec
from fastapi import Depends, Request
from redis.asyncio import Redis

from apcore.fetch import Fetcher, FetchSettings
from chassis.broadcast import Snapshot, open_broadcast, take_snapshot
from chassis.cache import open_redis
from chassis.db import Database, open_database
from contracts.events import PolicyChanged
from mastoapi.present import MediaUrls
from mastoapi.tokens import Tokens
from media.images.process import Images, open_images
from media.once import Once
from media.settings import Settings
from media.storage import Storage, storage_of
from social.addresses import Addresses
from social.policies import store as policies
from social.policies.model import Policies


class Resources(msgspec.Struct, frozen=True):
    settings: Settings
    db: Database
    addresses: Addresses
    urls: MediaUrls
    redis: Redis
    tokens: Tokens
    policies: Snapshot[Policies]
    storage: Storage
    images: Images
    fetcher: Fetcher
    fetching: Once


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(open_database(settings, role="media", schema="media"))
        redis = await stack.enter_async_context(open_redis(settings))
        known = await take_snapshot(lambda: policies.everything(db, is_limited=settings.limited_federation))
        tokens = Tokens(db)
        await stack.enter_async_context(open_broadcast(settings, [known.hears(PolicyChanged), *tokens.hearings]))
        images = await stack.enter_async_context(
            open_images(processes=settings.image_processes, timeout=settings.image_timeout)
        )

        def is_shunned(host: str) -> bool:
            return known.value.shuns_files_at(host)

        fetcher = await stack.enter_async_context(Fetcher(_fetch_settings(settings), is_shunned=is_shunned))
        yield Resources(
            settings=settings,
            db=db,
            addresses=Addresses(settings.url, settings.domain),
            urls=MediaUrls(settings.url, settings.media_base_url),
            redis=redis,
            tokens=tokens,
            policies=known,
            storage=storage_of(settings),
            images=images,
            fetcher=fetcher,
            fetching=await stack.enter_async_context(Once()),
        )


def _fetch_settings(settings: Settings) -> FetchSettings:
    return FetchSettings(
        user_agent=f"Murmuration (+{settings.url})",
        private_networks=tuple(settings.allowed_private_networks),
        ca_file=settings.extra_ca_file,
    )


async def _resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
