"""What is open while inbox runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Annotated

import msgspec
from fastapi import Depends, Request

from apcore.fetch import Fetcher, FetchSettings
from chassis.broadcast import Snapshot, open_broadcast, take_snapshot
from chassis.bus import Bus, open_bus
from chassis.db import Database, open_database
from contracts.events import PolicyChanged
from inbox.cache import Cache
from inbox.identity import Identity
from inbox.ingress import Ingress
from inbox.keyring import Keyring
from inbox.newcomers import Newcomers
from inbox.settings import Settings
from social.addresses import Addresses
from social.policies import store as policies
from social.policies.model import Policies

VERSION = version("inbox")


class Resources(msgspec.Struct, frozen=True):
    settings: Settings
    db: Database
    addresses: Addresses
    bus: Bus
    fetcher: Fetcher
    identity: Identity
    keyring: Keyring
    policies: Snapshot[Policies]
    cache: Cache
    ingress: Ingress
    newcomers: Newcomers


def fetch_settings(settings: Settings) -> FetchSettings:
    return FetchSettings(
        user_agent=f"Murmuration/{VERSION} (+{settings.url}/)",
        private_networks=tuple(settings.allowed_private_networks),
        ca_file=settings.extra_ca_file,
    )


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    async with (
        open_database(settings, role="inbox", schema="inbox") as db,
        open_bus(settings) as bus,
    ):
        snapshot = await take_snapshot(lambda: policies.everything(db, is_limited=settings.limited_federation))
        identity = Identity(db)

        def is_shunned(host: str) -> bool:
            return snapshot.value.is_suspended(host)

        async with (
            open_broadcast(settings, [snapshot.hears(PolicyChanged), identity.hears()]),
            Fetcher(fetch_settings(settings), is_shunned=is_shunned) as fetcher,
        ):
            yield Resources(
                settings=settings,
                db=db,
                addresses=Addresses(settings.url, settings.domain),
                bus=bus,
                fetcher=fetcher,
                identity=identity,
                keyring=Keyring(settings.remembered_keys),
                policies=snapshot,
                cache=Cache(),
                newcomers=Newcomers(),
                ingress=Ingress(settings.ingress_per_second, settings.ingress_burst),
            )


async def _resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
