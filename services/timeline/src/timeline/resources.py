"""What is open while timeline runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Annotated

import msgspec
from fastapi import Depends
from fastapi.requests import HTTPConnection

from apcore.fetch import Fetcher, FetchSettings
from chassis.broadcast import Snapshot, open_broadcast, take_snapshot
from chassis.cache import Cache, open_redis
from chassis.db import Database, open_database
from chassis.ending import end
from contracts.events import PolicyChanged
from contracts.ids import AccountId
from mastoapi.present import MediaUrls
from mastoapi.tokens import Tokens
from social.addresses import Addresses
from social.oauth.store import still_valid
from social.policies import store as policies
from social.policies.model import Policies
from timeline import reading
from timeline.feeds import LISTS, Feeds
from timeline.gathering import Gathering
from timeline.hub import Hub
from timeline.looking import Looks
from timeline.pace import Pace
from timeline.rebuilds import Rebuilds
from timeline.settings import Settings
from timeline.signals import Announcer
from timeline.webpush.identity import Identity, established

VERSION = version("timeline")


class Resources(msgspec.Struct, frozen=True):
    settings: Settings
    db: Database
    redis: Cache
    addresses: Addresses
    urls: MediaUrls
    tokens: Tokens
    policies: Snapshot[Policies]
    widely_followed: Snapshot[frozenset[AccountId]]
    feeds: Feeds
    list_feeds: Feeds
    rebuilds: Rebuilds
    announcer: Announcer
    hub: Hub
    looks: Looks
    gathering: Gathering
    pace: Pace
    fetcher: Fetcher
    identity: Identity


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    redis = open_redis(settings)
    async with open_database(settings, role="timeline", schema="timeline") as db, redis:
        tokens = Tokens(db)
        snapshot = await take_snapshot(lambda: policies.everything(db, is_limited=settings.limited_federation))
        urls = MediaUrls(settings.url, settings.media_base_url)
        widely_followed = await take_snapshot(lambda: reading.widely_followed(db))
        hub = Hub(redis, lambda ids: still_valid(db, ids))
        hearings = [*tokens.hearings, *hub.hearings, snapshot.hears(PolicyChanged)]
        async with (
            open_broadcast(settings, hearings, [widely_followed]),
            _running(hub),
            _rebuilding() as rebuilds,
            Fetcher(_fetching(settings)) as fetcher,
        ):
            yield Resources(
                settings=settings,
                db=db,
                redis=redis,
                addresses=Addresses(settings.url, settings.domain),
                urls=urls,
                tokens=tokens,
                policies=snapshot,
                widely_followed=widely_followed,
                feeds=Feeds(redis, settings.feed_age),
                list_feeds=Feeds(redis, settings.feed_age, LISTS),
                rebuilds=rebuilds,
                announcer=Announcer(redis),
                hub=hub,
                looks=Looks(db, urls, snapshot),
                gathering=Gathering(settings.count_after),
                pace=Pace(settings.fan_out_rate),
                fetcher=fetcher,
                identity=await established(db, settings.url),
            )


@asynccontextmanager
async def _rebuilding() -> AsyncIterator[Rebuilds]:
    rebuilds = Rebuilds()
    try:
        yield rebuilds
    finally:
        await rebuilds.end()


@asynccontextmanager
async def _running(hub: Hub) -> AsyncIterator[None]:
    distributing = asyncio.create_task(hub.run(), name="distribute streams")
    try:
        yield
    finally:
        await end([distributing])


def _fetching(settings: Settings) -> FetchSettings:
    return FetchSettings(
        user_agent=f"Murmuration/{VERSION} (+{settings.url}/)",
        private_networks=tuple(settings.allowed_private_networks),
        ca_file=settings.extra_ca_file,
        deadline_seconds=settings.push_deadline_seconds,
        per_host=settings.push_per_host,
    )


async def _resources(connection: HTTPConnection) -> Resources:
    found: Resources = connection.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
