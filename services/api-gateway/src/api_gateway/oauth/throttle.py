"""How often somebody may try to sign in, or an app to register. Without Redis nobody is held up."""

import hashlib
import ipaddress

import structlog
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

log = structlog.get_logger()

UNCHECKED = Counter("murmuration_throttle_unchecked_total", "Attempts let through because Redis was away", ["what"])
HELD = Counter("murmuration_throttled_total", "Attempts refused because there were too many", ["what"])


class TooManyRegistrations(HTTPException):
    def __init__(self) -> None:
        super().__init__(429, "Too many requests")


SIGN_IN_OF_ADDRESS = RateLimitItemPerMinute(25, 5)
SIGN_IN_OF_EMAIL = RateLimitItemPerHour(25)
REGISTRATION_OF_ADDRESS = RateLimitItemPerMinute(25, 10)


class Throttle:
    """Counts attempts in Redis."""

    def __init__(self, redis: Redis) -> None:
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="throttle",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # passed on to redis-py as it is
        )
        self._limiter = FixedWindowRateLimiter(storage)

    async def may_sign_in(self, address: str, email: str) -> bool:
        by_address = await self._count("sign-in", SIGN_IN_OF_ADDRESS, network_of(address))
        by_email = await self._count("sign-in", SIGN_IN_OF_EMAIL, _unreadable(email))
        return by_address and by_email

    async def may_register(self, address: str) -> bool:
        return await self._count("registration", REGISTRATION_OF_ADDRESS, network_of(address))

    async def _count(self, what: str, limit: RateLimitItem, whom: str) -> bool:
        try:
            allowed = await self._limiter.hit(limit, what, whom)
        except (RedisError, OSError, TimeoutError) as error:
            UNCHECKED.labels(what).inc()
            log.warning("throttle unchecked", what=what, error=repr(error))
            return True
        if not allowed:
            HELD.labels(what).inc()
        return allowed


def network_of(address: str) -> str:
    """An IPv6 customer has at least a /64: one address more is no other person."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 4 or found.ipv4_mapped:
        return str(found.ipv4_mapped or found) if found.version == 6 else str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _unreadable(email: str) -> str:
    """Redis need not know who signs in."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
