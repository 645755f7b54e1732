"""How much one client may ask for: fixed windows counted in Redis, told in headers as Mastodon tells them.

Without Redis nobody is held up, and a metric says so.
"""

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.clock import Clock, utc_now
from chassis.db import AWAY
from chassis.http import Json
from mastoapi.networks import network_of
from mastoapi.tokens import BEARER, Tokens
from social.oauth.model import Bearer, hash_of

log = structlog.get_logger()

UNCHECKED = Counter("murmuration_rate_limit_unchecked_total", "Requests let through because Redis was away")
REFUSED = Counter("murmuration_rate_limit_refused_total", "Requests refused because there were too many", ["limit"])

MINUTES: Final = 60
HOURS: Final = 60 * MINUTES
UPLOAD = re.compile(r"/api/v\d+/media/?")
REMOVAL = re.compile(r"/api/v1/statuses/\d+(?:/unreblog)?/?")
# What one person may do of a kind, on top of all else; a boost is a post.
ACTS: Final = (
    (re.compile(r"/api/v1/statuses(?:/\d+/reblog)?/?"), "post", 300, 3 * HOURS),
    (re.compile(r"/api/v1/accounts/\d+/follow/?"), "follow", 400, 24 * HOURS),
    (re.compile(r"/api/v1/reports/?"), "report", 400, 24 * HOURS),
)
SIGN_UP = re.compile(r"/api/v1/accounts/?")


UNTOLD_SECONDS: Final = 1.0
NEAR: Final = 0.5
"""The part of a limit up to which each process counts by itself for a moment."""
RESERVE: Final = 50
"""What other processes may count meanwhile: so small limits are always asked for."""
MOST_TALLIES: Final = 20_000

# KEYS: counters. ARGV: by how much each grows, then how many seconds each is kept.
_COUNT: Final = """
local used = {}
for place, key in ipairs(KEYS) do
    used[place] = redis.call('INCRBY', key, ARGV[place])
    if used[place] == tonumber(ARGV[place]) then redis.call('EXPIRE', key, ARGV[#KEYS + place]) end
end
return used
"""


class Limit(msgspec.Struct, frozen=True):
    """So many requests by `who` in so many seconds."""

    name: str
    who: str
    most: int
    seconds: int


class Standing(msgspec.Struct, frozen=True):
    """Where somebody stands with a limit after this request."""

    limit: Limit
    used: int
    resets_at: dt.datetime

    @property
    def remaining(self) -> int:
        return max(self.limit.most - self.used, 0)

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit.most


def limits_for(method: str, path: str, *, address: str, secret: str | None, bearer: Bearer | None) -> list[Limit]:
    """Mastodon's figures. A token nobody knows counts for the address it came from."""
    if bearer is None:
        place = network_of(address)
        found = [Limit("address", place, 300, 5 * MINUTES)]
        return [*found, Limit("sign-up", place, 5, 30 * MINUTES)] if _signs_up(method, path) else found
    person = str(bearer.token.account_id or f"app-{bearer.token.app_id}")
    found = [
        Limit("token", hash_of(secret or "").hex()[:32], 300, 5 * MINUTES),
        Limit("account", person, 1500, 5 * MINUTES),
    ]
    if method == "GET":
        return found
    if _signs_up(method, path):
        found.append(Limit("sign-up", network_of(address), 5, 30 * MINUTES))
    if method == "POST" and UPLOAD.fullmatch(path):
        found.append(Limit("upload", person, 30, 30 * MINUTES))
    if (method == "DELETE" or path.endswith("/unreblog")) and REMOVAL.fullmatch(path):
        found.append(Limit("removal", person, 30, 30 * MINUTES))
    if method == "POST":
        found += [Limit(name, person, most, seconds) for acts, name, most, seconds in ACTS if acts.fullmatch(path)]
    return found


def _signs_up(method: str, path: str) -> bool:
    return method == "POST" and SIGN_UP.fullmatch(path) is not None


class _Tally:
    """What is known of one counter: what Redis said, and what we have not told it yet."""

    __slots__ = ("asked_at", "said", "untold")

    def __init__(self) -> None:
        self.said = self.untold = 0
        self.asked_at = float("-inf")

    @property
    def used(self) -> int:
        return self.said + self.untold

    def may_wait(self, limit: Limit, now: float) -> bool:
        """Whether the next request may be counted here alone: far from the limit, and only for a moment."""
        return now - self.asked_at < UNTOLD_SECONDS and self.used < limit.most * NEAR - RESERVE


class Meter:
    """Counts in Redis, which all processes share: with one round trip, and far from a limit not for each request."""

    def __init__(self, redis: Redis, factor: float, clock: Clock = utc_now) -> None:
        self._count = redis.register_script(_COUNT)
        self._factor = factor
        self._clock = clock
        self._tallies: OrderedDict[str, _Tally] = OrderedDict()

    @property
    def is_on(self) -> bool:
        return self._factor > 0

    async def count(self, limits: Sequence[Limit]) -> list[Standing]:
        """Empty when Redis is away."""
        scaled = [
            Limit(limit.name, limit.who, max(round(limit.most * self._factor), 1), limit.seconds) for limit in limits
        ]
        now = self._clock().timestamp()
        tallies = {f"limit:{one.name}:{one.who}:{int(now) // one.seconds}": one for one in scaled}
        known = [self._tally(key) for key in tallies]
        for tally in known:
            tally.untold += 1
        if not all(tally.may_wait(limit, now) for tally, limit in zip(known, scaled, strict=True)):
            try:
                await self._tell(list(tallies), known, scaled, now)
            except (RedisError, OSError, TimeoutError) as error:
                UNCHECKED.inc()
                log.warning("rate limits unchecked", error=repr(error))
                return []
        return [
            Standing(limit, tally.used, _end_of(limit, int(now))) for limit, tally in zip(scaled, known, strict=True)
        ]

    def _tally(self, key: str) -> _Tally:
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = _Tally()
            if len(self._tallies) > MOST_TALLIES:
                self._tallies.popitem(last=False)
        return tally

    async def _tell(self, keys: list[str], known: list[_Tally], limits: list[Limit], now: float) -> None:
        told = [tally.untold for tally in known]
        for tally in known:
            tally.untold = 0
        used = await self._count(keys=keys, args=[*told, *(limit.seconds for limit in limits)])
        for tally, said in zip(known, used, strict=True):
            tally.said, tally.asked_at = said, now


def _end_of(limit: Limit, now: int) -> dt.datetime:
    return dt.datetime.fromtimestamp((now // limit.seconds + 1) * limit.seconds, dt.UTC)


def headers_of(standing: Standing) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(standing.limit.most),
        "X-RateLimit-Remaining": str(standing.remaining),
        "X-RateLimit-Reset": standing.resets_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


class RateLimited:
    """ASGI middleware around the client API."""

    def __init__(self, app: ASGIApp, *, tokens: Tokens, meter: Meter) -> None:
        self._app = app
        self._tokens = tokens
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["path"].startswith("/api/") and scope["method"] != "OPTIONS"
        if not is_ours or not self._meter.is_on:
            await self._app(scope, receive, send)
            return
        standings = await self._meter.count(await self._limits(scope))
        if not standings:
            await self._app(scope, receive, send)
            return
        # Of those that leave as much, the one for this kind of request.
        tightest = min(reversed(standings), key=lambda standing: standing.remaining)
        if exceeded := next((standing for standing in standings if standing.is_exceeded), None):
            REFUSED.labels(exceeded.limit.name).inc()
            await _refusal(exceeded)(scope, receive, send)
            return
        await self._app(scope, receive, _telling(send, headers_of(tightest)))

    async def _limits(self, scope: Scope) -> list[Limit]:
        kind, _, secret = Headers(scope=scope).get("Authorization", "").partition(" ")
        secret = secret.strip() if kind.lower() == "bearer" else ""
        address = scope["client"][0] if scope.get("client") else ""
        bearer = scope[BEARER] = await self._bearer(secret)
        return limits_for(scope["method"], scope["path"], address=address, secret=secret, bearer=bearer)

    async def _bearer(self, secret: str) -> Bearer | None:
        try:
            return await self._tokens.bearer(secret) if secret else None
        except AWAY:
            return None


def _refusal(standing: Standing) -> Json:
    wait = max(int((standing.resets_at - dt.datetime.now(dt.UTC)).total_seconds()), 1)
    return Json({"error": "Too many requests"}, 429, headers={**headers_of(standing), "Retry-After": str(wait)})


def _telling(send: Send, headers: dict[str, str]) -> Send:
    told = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *told]
        await send(message)

    return tell
