"""Redis: what may be lost. Whoever asks has an answer of their own when it is away."""

from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chassis.settings import Settings
from chassis.wire import Command, Wire


class Cache(Redis):
    """redis-py's client, with a shorter way for what every request asks."""

    wire: Wire

    @classmethod
    def at(cls, url: str) -> "Cache":
        """It gives up within a second: PostgreSQL answers sooner."""
        # Once again, for a connection that went stale.
        retry = Retry(NoBackoff(), 1)
        cache = cast("Cache", cls.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=retry, protocol=2))
        cache.wire = Wire(url)
        return cache

    async def ask(self, *commands: Command) -> list[Any]:
        """Short commands in one round trip, each with its reply as Redis gives it."""
        return await self.wire.ask(*commands)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        self.wire.close()
        await super().aclose(close_connection_pool)


def open_redis(settings: Settings) -> Cache:
    """A client, to be entered as a context."""
    return Cache.at(settings.redis_url.get_secret_value())
