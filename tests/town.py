"""All services in this process, on one database: what one of them hides must not be had of another."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from courtroom import Court
from doorstep import Doorstep
from signing_in import a_browser
from staging import Stage
from studio import Studio

from api_gateway import app as gateways
from api_gateway import resources as gateways_resources
from api_gateway.neighbours import Neighbours
from api_gateway.settings import Settings as GatewaySettings
from chassis.db import Database
from chassis.settings import Settings
from delivery import resources as deliverys_resources
from delivery.resources import Resources as DeliveryResources
from delivery.settings import Settings as DeliverySettings
from inbox import app as inboxes
from media import app as medias
from media import resources as medias_resources
from media.settings import Settings as MediaSettings
from moderation import app as moderations
from moderation import resources as moderations_resources
from moderation.settings import Settings as ModerationSettings
from timeline import app as timelines
from timeline import resources as timelines_resources
from timeline.settings import Settings as TimelineSettings


class Town:
    """A client of each service, who is nobody in particular, and the people of its own tests."""

    def __init__(
        self,
        clients: Mapping[str, httpx.AsyncClient],
        door: Doorstep,
        stage: Stage,
        studio: Studio,
        court: Court,
        delivery: DeliveryResources,
    ) -> None:
        self.clients = clients
        self.door, self.stage, self.studio, self.court = door, stage, studio, court
        self.delivery = delivery

    @property
    def gateway(self) -> httpx.AsyncClient:
        return self.clients["api_gateway"]

    @property
    def timeline(self) -> httpx.AsyncClient:
        return self.clients["timeline"]

    @property
    def media(self) -> httpx.AsyncClient:
        return self.clients["media"]

    @property
    def moderation(self) -> httpx.AsyncClient:
        return self.clients["moderation"]


OpenTown = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.fixture
def open_town(
    door: Doorstep,
    make_settings: Callable[..., Settings],
    as_role: Callable[[str], Awaitable[Database]],
    tmp_path: Path,
    ca_file: Path,
) -> OpenTown:
    """`open_town(fetcher=…)`: by which all services go out, where it matters."""

    def make(kind: type[Settings], **changes: object) -> Any:
        shared = {"rate_limit_factor": 0, "allowed_private_networks": "127.0.0.1/32", "extra_ca_file": ca_file}
        return make_settings(kind, **shared, **changes)

    @asynccontextmanager
    async def opened(**changes: object) -> AsyncIterator[Town]:
        roles = {name: await as_role(name) for name in ("api_gateway", "inbox", "moderation")}
        files = tmp_path / "files"
        async with (
            gateways_resources.open_resources(make(GatewaySettings)) as gateway,
            timelines_resources.open_resources(make(TimelineSettings, count_after=0)) as timeline,
            medias_resources.open_resources(make(MediaSettings, media_root=files, image_processes=1)) as media,
            moderations_resources.open_resources(make(ModerationSettings)) as moderation,
            deliverys_resources.open_resources(make(DeliverySettings)) as delivery,
            AsyncExitStack() as stack,
        ):
            await timeline.redis.flushdb()
            changed = [msgspec.structs.replace(res, **changes) for res in (door.res, timeline, media, delivery)]
            apps = {
                "inbox": inboxes.create_app(changed[0]),
                "timeline": timelines.create_app(changed[1]),
                "media": medias.create_app(changed[2]),
                "moderation": moderations.create_app(moderation),
            }
            clients = {name: await stack.enter_async_context(a_browser(app)) for name, app in apps.items()}
            # api-gateway's way to inbox ends in this process.
            neighbours = Neighbours(clients["inbox"], gateway.settings)
            app = gateways.create_app(msgspec.structs.replace(gateway, neighbours=neighbours))
            clients["api_gateway"] = await stack.enter_async_context(a_browser(app))
            yield Town(
                clients,
                Doorstep(changed[0], clients["inbox"], door._channel, door.neighbours),
                Stage(changed[1], roles, "warm"),
                Studio(changed[2], roles),
                Court(moderation, clients["moderation"], roles),
                changed[3],
            )

    return opened


@pytest.fixture
async def town(open_town: OpenTown) -> AsyncIterator[Town]:
    async with open_town() as opened:
        yield opened
