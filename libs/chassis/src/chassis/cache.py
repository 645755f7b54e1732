"""Redis: what may be lost. Whoever asks has an answer of their own when it is away."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chassis.settings import Settings


def open_redis(settings: Settings) -> Redis:
    """A client, to be entered as a context. It gives up within a second: PostgreSQL answers sooner."""
    return Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=1,
        socket_connect_timeout=1,
        # Once, for a connection that went stale.
        retry=Retry(NoBackoff(), 1),
        protocol=2,
    )
