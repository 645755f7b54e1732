"""What is open while delivery runs."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Annotated

import msgspec
from fastapi import Depends, Request

from apcore.fetch import Fetcher, FetchSettings, Signer
from apcore.signatures import graph
from apcore.signatures.graph import Memory
from apcore.signatures.proofs import Prover
from apcore.signatures.styles import Styles
from chassis.broadcast import Hearing, Snapshot, open_broadcast, take_snapshot
from chassis.clock import Clock, utc_now
from chassis.db import Database, open_database
from contracts.events import AccountKeysRotated, PolicyChanged
from contracts.ids import AccountId
from delivery.board import Board
from delivery.kept import Kept
from delivery.lanes import Lanes
from delivery.ledger import Ledger
from delivery.model import Body, BodyId, Followers
from delivery.settings import Settings
from delivery.stragglers import Stragglers, open_stragglers
from social.addresses import Addresses
from social.policies import store as policies
from social.policies.model import Policies

VERSION = version("delivery")
REMEMBERED_FOLLOWERS = 500


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    settings: Settings
    db: Database
    addresses: Addresses
    fetcher: Fetcher
    policies: Snapshot[Policies]
    board: Board
    lanes: Lanes
    ledger: Ledger
    stragglers: Stragglers
    bodies: Kept[BodyId, Body]
    senders: Kept[AccountId, Signer]
    provers: Kept[AccountId, Prover]
    followers: Kept[tuple[AccountId, int], Followers]
    styles: Styles
    contexts: Memory
    """What our own documents mean, understood once."""
    clock: Clock = utc_now
    chance: Callable[[], float] = random.random


def fetch_settings(settings: Settings) -> FetchSettings:
    return FetchSettings(
        user_agent=f"Murmuration/{VERSION} (+{settings.url}/)",
        private_networks=tuple(settings.allowed_private_networks),
        ca_file=settings.extra_ca_file,
        deadline_seconds=settings.delivery_deadline_seconds,
        # The lanes are what limits. Held deliveries are carried beside them.
        per_host=settings.delivery_per_host + settings.delivery_visit_batch,
        standing_peers=settings.delivery_standing_hosts,
    )


def _hears_of_keys(senders: Kept[AccountId, Signer], provers: Kept[AccountId, Prover]) -> Hearing[AccountKeysRotated]:
    async def forget(event: AccountKeysRotated) -> None:
        senders.forget(event.account_id)
        provers.forget(event.account_id)

    async def leave() -> None:
        """Whoever is not believed reads the key anew: what was missed does no harm for long."""

    return Hearing(AccountKeysRotated, forget, leave)


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    async with (
        open_database(settings, role="delivery", schema="delivery") as db,
        Fetcher(fetch_settings(settings)) as fetcher,
    ):
        senders: Kept[AccountId, Signer] = Kept(settings.delivery_remembered_senders)
        provers: Kept[AccountId, Prover] = Kept(settings.delivery_remembered_senders)
        known = await take_snapshot(lambda: policies.everything(db, is_limited=settings.limited_federation))
        async with (
            open_broadcast(settings, [known.hears(PolicyChanged), _hears_of_keys(senders, provers)]),
            open_stragglers(settings.delivery_stragglers) as stragglers,
        ):
            yield Resources(
                settings=settings,
                db=db,
                addresses=Addresses(settings.url, settings.domain),
                fetcher=fetcher,
                policies=known,
                board=Board(),
                ledger=Ledger(),
                lanes=Lanes(settings.delivery_per_host, settings.delivery_crowd),
                stragglers=stragglers,
                bodies=Kept(settings.delivery_remembered_bodies),
                senders=senders,
                provers=provers,
                followers=Kept(REMEMBERED_FOLLOWERS),
                styles=Styles(settings.delivery_remembered_styles),
                contexts=graph.memory(),
            )


async def _resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


Res = Annotated[Resources, Depends(_resources)]


async def _db(resources: Res) -> Database:
    return resources.db


Db = Annotated[Database, Depends(_db)]
