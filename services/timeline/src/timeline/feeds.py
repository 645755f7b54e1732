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
from timeline.pieces import pieces
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

# KEYS: feeds. ARGV: member, length, window, digits, message (empty: tell nobody), channels' kind, where a key's id is.
# A boost is left out when its original or another boost of it is among the entries just before it, and
# takes the place of such boosts just after it: so the order in which posts come in does not matter.
# Nearly every post is the newest, so the entries just after it are looked for only when there are some.
_ADD = """
local call, member, length, window, digits = redis.call, ARGV[1], -ARGV[2] - 1, tonumber(ARGV[3]), tonumber(ARGV[4])
local message, kind, id = ARGV[5], ARGV[6], tonumber(ARGV[7])
local function is_boost(m) return #m > digits and string.sub(m, digits + 1, digits + 1) == ':' end
local function subject(m) return is_boost(m) and string.sub(m, digits + 2) or m end
local boost, about = is_boost(member), subject(member)
local function repeats(feed, later)
    for _, other in ipairs(call('ZREVRANGE', feed, later + 1, later + window)) do
        if subject(other) == about then return true end
    end
end
local function put(feed)
    if call('ZADD', feed, 'NX', 0, member) == 0 then return false end
    local later = call('ZREVRANK', feed, member)
    if boost and repeats(feed, later) then
        call('ZREM', feed, member)
        return false
    end
    if later > 0 then
        for _, other in ipairs(call('ZREVRANGE', feed, math.max(0, later - window), later - 1)) do
            if is_boost(other) and subject(other) == about then call('ZREM', feed, other) end
        end
    end
    call('ZREMRANGEBYRANK', feed, 0, length)
    return true
end
local new = 0
for _, feed in ipairs(KEYS) do
    if call('EXISTS', feed) == 0 or put(feed) then
        new = new + 1
        if message ~= '' then call('PUBLISH', kind .. string.sub(feed, id), message) end
    end
end
return new
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

    async def bottom(self, owner: Owner) -> int:
        """The oldest id of a feed that has lost older ones for its length; 0 of one that holds all there is."""
        with redis_may_be_away():
            [lowest] = await self._redis.ask(("ZRANGE", self._key(owner), 0, 0))
        return next((entry.id for entry in _entries(lowest)), 0)

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
        rest: list[str | bytes | int] = [
            LENGTH,
            WINDOW,
            DIGITS,
            message,
            f"{self._kind.channel}:",
            len(self._kind.key) + 2,
        ]
        new = 0
        for some in pieces([self._key(owner) for owner in owners]):
            for entry in entries:
                with redis_may_be_away():
                    new += await self._add(keys=some, args=[member_of(entry), *rest])
        return new

    async def remove(self, owners: Sequence[Owner], entries: Sequence[Entry]) -> None:
        if not entries:
            return
        members = [member_of(entry) for entry in entries]
        for some in pieces(owners):
            with redis_may_be_away():
                await self._redis.ask(*[("ZREM", self._key(owner), *members) for owner in some])

    async def forget(self, owner: Owner) -> None:
        with redis_may_be_away():
            await self._redis.delete(self._key(owner))
