"""Home and list feeds in Redis: sorted sets of status ids, at most 800 each, forgotten when nobody looks at them.

A member is `id`, or `id:original` for a boost, padded with zeros: equal scores sort by it, while scores
themselves are too short for our ids. Two members are no statuses: FLOOR keeps an empty feed apart from a
missing one; BUILDING marks one that is not whole yet. Only a feed that exists is written to, so none is
ever taken for whole that is not; a missing one is built from PostgreSQL when its owner looks.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from prometheus_client import Counter

from chassis.cache import Cache
from contracts.ids import AccountId, ListId, StatusId
from social.paging import Page
from timeline.away import redis_may_be_away
from timeline.entry import WINDOW, Entry
from timeline.signals import LIST_CHANNEL, USER_CHANNEL

LENGTH = 800
DIGITS = 20
FLOOR = "0" * DIGITS
BUILDING = "~building"
BUILDING_SECONDS = 30
NO_KEY = -2
"""What Redis says instead of a time to live."""
WORN = 0.95
"""The part of its age below which a feed that somebody reads is kept for another while."""

REBUILDS = Counter("murmuration_timeline_feed_rebuilds_total", "Feeds built from PostgreSQL")

Owner = AccountId | ListId
"""Whose feed it is: home is its reader's, a list's is its own."""

# KEYS: feed. ARGV: member, channel, message (empty: tell nobody), length, window, digits.
# A boost is left out when its original or another boost of it is among the entries just before it, and
# takes the place of such boosts just after it: so the order in which posts come in does not matter.
_ADD = """
local feed, member, digits = KEYS[1], ARGV[1], tonumber(ARGV[6])
local length, window = tonumber(ARGV[4]), tonumber(ARGV[5])
local function is_boost(m) return #m > digits and string.sub(m, digits + 1, digits + 1) == ':' end
local function subject(m) return is_boost(m) and string.sub(m, digits + 2) or m end
if redis.call('EXISTS', feed) == 1 then
    if redis.call('ZADD', feed, 'NX', 0, member) == 0 then return 0 end
    local rank = redis.call('ZRANK', feed, member)
    if is_boost(member) and rank > 0 then
        for _, other in ipairs(redis.call('ZRANGE', feed, math.max(0, rank - window), rank - 1)) do
            if subject(other) == subject(member) then
                redis.call('ZREM', feed, member)
                return 0
            end
        end
    end
    for _, other in ipairs(redis.call('ZRANGE', feed, rank + 1, rank + window)) do
        if is_boost(other) and subject(other) == subject(member) then redis.call('ZREM', feed, other) end
    end
    redis.call('ZREMRANGEBYRANK', feed, 0, -length - 1)
end
if ARGV[3] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
return 1
"""


class Kind(msgspec.Struct, frozen=True):
    """How keys begin, and the channels of those who watch."""

    key: str
    channel: str


HOME = Kind("home", USER_CHANNEL)
LISTS = Kind("list", LIST_CHANNEL)


def key_of(owner: Owner, kind: Kind = HOME) -> str:
    return f"{kind.key}:{owner}"


def member_of(entry: Entry) -> str:
    if entry.reblog_of_id is None:
        return f"{entry.id:0{DIGITS}}"
    return f"{entry.id:0{DIGITS}}:{entry.reblog_of_id:0{DIGITS}}"


def _entries(members: Iterable[bytes]) -> list[Entry]:
    found = []
    for member in members:
        status, _, original = member.decode().partition(":")
        if status not in (FLOOR, BUILDING):
            found.append(Entry(StatusId(int(status)), StatusId(int(original)) if original else None))
    return found


class Feeds:
    """All feeds of one kind. Every method may raise RedisAway."""

    def __init__(self, redis: Cache, age: dt.timedelta, kind: Kind = HOME) -> None:
        self._redis = redis
        self._kind = kind
        self._age = age
        self._add = redis.register_script(_ADD)

    def _key(self, owner: Owner) -> str:
        return key_of(owner, self._kind)

    async def read(self, owner: Owner, page: Page) -> list[Entry] | None:
        """A page of the feed, newest first; None if there is no feed, or none that is whole. Reading keeps it."""
        key = self._key(owner)
        # A boost's member begins with its id, so ";" (which follows ":") ends what belongs to an id.
        newest = "+" if page.max_id is None else f"({page.max_id:0{DIGITS}}"
        oldest = "-" if page.after is None else f"({page.after:0{DIGITS}};"
        # The two members that are no statuses may take up places.
        count = page.limit + 2
        bounds = ("ZRANGEBYLEX", key, oldest, newest) if page.forward else ("ZREVRANGEBYLEX", key, newest, oldest)
        with redis_may_be_away():
            seconds, building, members = await self._redis.ask(
                ("TTL", key), ("ZSCORE", key, BUILDING), (*bounds, "LIMIT", 0, count)
            )
        if seconds == NO_KEY or building is not None:
            return None
        if seconds < self._age.total_seconds() * WORN:
            await self._keep(key)
        found = _entries(members)[: page.limit]
        return page.newest_first(found)

    async def everything(self, owner: Owner) -> list[Entry]:
        """The whole feed, newest first, also one that is being built."""
        with redis_may_be_away():
            members: Any = await self._redis.zrange(self._key(owner), 0, -1)
        return _entries(members)[::-1]

    async def exists(self, owner: Owner) -> bool:
        """Also one that is being built."""
        with redis_may_be_away():
            return bool(await self._redis.exists(self._key(owner)))

    async def _keep(self, key: str) -> None:
        with redis_may_be_away():
            await self._redis.expire(key, self._age, gt=True)

    async def begin(self, owner: Owner) -> bool:
        """Announce that the feed is being built, so that new posts find it; False if somebody else builds it."""
        key = self._key(owner)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(key, {BUILDING: 0}, nx=True)
            # Never longer than it is: whoever began may have died.
            pipe.expire(key, BUILDING_SECONDS, lt=True)
            with redis_may_be_away():
                is_first, _ = await pipe.execute()
        return bool(is_first)

    async def finish(self, owner: Owner, entries: Iterable[Entry]) -> None:
        """The feed is whole: what was found, and what came in meanwhile."""
        key = self._key(owner)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(key, dict.fromkeys([FLOOR, *map(member_of, entries)], 0))
            pipe.zrem(key, BUILDING)
            pipe.zremrangebyrank(key, 0, -LENGTH - 1)
            pipe.expire(key, self._age)
            with redis_may_be_away():
                await pipe.execute()
        REBUILDS.inc()

    async def add(self, owners: Sequence[Owner], entries: Sequence[Entry], message: bytes = b"") -> int:
        """Add to the feeds that exist, and tell the streams of those who watch; how many of them it was new to."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for owner in owners:
                for entry in entries:
                    arguments: list[str | bytes | int] = [
                        member_of(entry),
                        f"{self._kind.channel}:{owner}",
                        message,
                        LENGTH,
                        WINDOW,
                        DIGITS,
                    ]
                    await self._add(keys=[self._key(owner)], args=arguments, client=pipe)
            with redis_may_be_away():
                return sum(await pipe.execute())

    async def remove(self, owners: Sequence[Owner], entries: Sequence[Entry]) -> None:
        if not entries:
            return
        members = [member_of(entry) for entry in entries]
        async with self._redis.pipeline(transaction=False) as pipe:
            for owner in owners:
                pipe.zrem(self._key(owner), *members)
            with redis_may_be_away():
                await pipe.execute()

    async def forget(self, owner: Owner) -> None:
        with redis_may_be_away():
            await self._redis.delete(self._key(owner))
