"""Where translations are asked for: remembers what was translated already, and what can be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Final

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from apcore.fetch import Fetcher, FetchSettings
from api_gateway.remembered import Remembered
from api_gateway.settings import Settings
from api_gateway.translation.provider import LibreTranslate
from api_gateway.translation.translate import check, translated
from mastoapi.entities.translations import Translation
from social.errors import NoSuchRecord
from social.statuses.model import FullStatus

log = structlog.get_logger()

DEADLINE_SECONDS: Final = 15
LANGUAGES_SECONDS: Final = 3600.0
KEPT_SECONDS: Final = 24 * 3600
ANYWHERE: Final = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""The operator names this server, and it may well stand in the same private network."""


class Desk:
    """No provider: nothing is translated, and clients are told so."""

    def __init__(self, provider: LibreTranslate | None, redis: Redis) -> None:
        self._provider = provider
        self._redis = redis
        self._languages = Remembered(provider.languages, LANGUAGES_SECONDS) if provider else None

    @property
    def is_open(self) -> bool:
        return self._provider is not None

    async def languages(self) -> dict[str, list[str]]:
        return await self._languages.get() if self._languages else {}

    async def translation(self, full: FullStatus, target: str) -> Translation:
        if self._provider is None:
            raise NoSuchRecord
        check(full, target, await self.languages())
        version = full.status.edited_at.timestamp() if full.status.edited_at else 0
        key = f"translation:{full.status.id}:{version}:{target}"
        if (kept := await self._kept(key)) is not None:
            return kept
        made = await translated(self._provider, full, target)
        await self._keep(key, made)
        return made

    async def _kept(self, key: str) -> Translation | None:
        try:
            found = await self._redis.get(key)
            return msgspec.json.decode(found, type=Translation) if found else None
        except (RedisError, OSError, msgspec.DecodeError) as error:
            log.warning("no translation remembered", error=repr(error))
            return None

    async def _keep(self, key: str, made: Translation) -> None:
        try:
            await self._redis.set(key, msgspec.json.encode(made), ex=KEPT_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("a translation is not remembered", error=repr(error))


@asynccontextmanager
async def open_desk(settings: Settings, redis: Redis) -> AsyncIterator[Desk]:
    fetching = FetchSettings(
        user_agent=f"Murmuration (+{settings.url})",
        private_networks=ANYWHERE,
        ca_file=settings.extra_ca_file,
        deadline_seconds=DEADLINE_SECONDS,
    )
    async with Fetcher(fetching) as fetcher:
        url, key = settings.libretranslate_url, settings.libretranslate_api_key.get_secret_value()
        yield Desk(LibreTranslate(fetcher, url, key) if url else None, redis)
