"""Home feeds in Redis: sorted sets of status ids, at most 800 each, forgotten when nobody looks at them.

A member is `id`, or `id:original` for a boost, padded with zeros: equal scores sort by it, while scores
themselves are too short for our ids. Two members are no statuses: FLOOR keeps an empty feed apart from a
missing one; BUILDING marks one that is not whole yet. Only a feed that exists is written to, so none is
ever taken for whole that is not; a missing one is built from PostgreSQL when its owner looks.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from prometheus_client import Counter
from redis.asyncio import Redis

from contracts.ids import AccountId, StatusId
from social.paging import Page
from timeline.away import redis_may_be_away
from timeline.entry import WINDOW, Entry
from timeline.signals import channel_of

LENGTH = 800
DIGITS = 20
FLOOR = "0" * DIGITS
BUILDING = "~building"
BUILDING_SECONDS = 30

REBUILDS = Counter("murmuration_timeline_feed_rebuilds_total", "Home feeds built from PostgreSQL")

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


def key_of(reader: AccountId) -> str:
    return f"home:{reader}"


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
    """All home feeds. Every method may raise RedisAway."""

    def __init__(self, redis: Redis, age: dt.timedelta) -> None:
        self._redis = redis
        self._age = age
        self._add = redis.register_script(_ADD)

    async def read(self, reader: AccountId, page: Page) -> list[Entry] | None:
        """A page of the feed, newest first; None if there is no feed, or none that is whole."""
        key = key_of(reader)
        # A boost's member begins with its id, so ";" (which follows ":") ends what belongs to an id.
        newest = "+" if page.max_id is None else f"({page.max_id:0{DIGITS}}"
        oldest = "-" if page.after is None else f"({page.after:0{DIGITS}};"
        # The two members that are no statuses may take up places.
        count = page.limit + 2
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.exists(key)
            pipe.zscore(key, BUILDING)
            if page.forward:
                pipe.zrangebylex(key, oldest, newest, 0, count)
            else:
                pipe.zrevrangebylex(key, newest, oldest, 0, count)
            with redis_may_be_away():
                exists, building, members = await pipe.execute()
        if not exists or building is not None:
            return None
        found = _entries(members)[: page.limit]
        return found[::-1] if page.forward else found

    async def everything(self, reader: AccountId) -> list[Entry]:
        """The whole feed, newest first, also one that is being built."""
        with redis_may_be_away():
            members: Any = await self._redis.zrange(key_of(reader), 0, -1)
        return _entries(members)[::-1]

    async def exists(self, reader: AccountId) -> bool:
        """Also one that is being built."""
        with redis_may_be_away():
            return bool(await self._redis.exists(key_of(reader)))

    async def keep(self, reader: AccountId) -> None:
        """Somebody looked: keep the feed for another while."""
        with redis_may_be_away():
            await self._redis.expire(key_of(reader), self._age, gt=True)

    async def begin(self, reader: AccountId) -> bool:
        """Announce that the feed is being built, so that new posts find it; False if somebody else builds it."""
        key = key_of(reader)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(key, {BUILDING: 0}, nx=True)
            # Never longer than it is: whoever began may have died.
            pipe.expire(key, BUILDING_SECONDS, lt=True)
            with redis_may_be_away():
                is_first, _ = await pipe.execute()
        return bool(is_first)

    async def finish(self, reader: AccountId, entries: Iterable[Entry]) -> None:
        """The feed is whole: what was found, and what came in meanwhile."""
        key = key_of(reader)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(key, dict.fromkeys([FLOOR, *map(member_of, entries)], 0))
            pipe.zrem(key, BUILDING)
            pipe.zremrangebyrank(key, 0, -LENGTH - 1)
            pipe.expire(key, self._age)
            with redis_may_be_away():
                await pipe.execute()
        REBUILDS.inc()

    async def add(self, readers: Sequence[AccountId], entries: Sequence[Entry], message: bytes = b"") -> int:
        """Add to the feeds that exist, and tell the readers' streams; how many of them it was new to."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for reader in readers:
                for entry in entries:
                    arguments: list[str | bytes | int] = [
                        member_of(entry),
                        channel_of(reader),
                        message,
                        LENGTH,
                        WINDOW,
                        DIGITS,
                    ]
                    await self._add(keys=[key_of(reader)], args=arguments, client=pipe)
            with redis_may_be_away():
                return sum(await pipe.execute())

    async def remove(self, readers: Sequence[AccountId], entries: Sequence[Entry]) -> None:
        if not entries:
            return
        members = [member_of(entry) for entry in entries]
        async with self._redis.pipeline(transaction=False) as pipe:
            for reader in readers:
                pipe.zrem(key_of(reader), *members)
            with redis_may_be_away():
                await pipe.execute()

    async def forget(self, reader: AccountId) -> None:
        with redis_may_be_away():
            await self._redis.delete(key_of(reader))
