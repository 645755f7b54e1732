"""A hundred thousand homes: who has them, whom they follow, and whether a post has come to all of them."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

import asyncpg
import msgspec
from crowd import WORDS, open_stage
from measuring import cpu_of
from staging import Stage

from chassis.cache import Cache
from contracts.ids import AccountId
from timeline import home
from timeline.feeds import DIGITS, key_of

NEIGHBOURS = 4
BATCH = 100
PATIENCE_SECONDS = 180
READERS = 50

CROWD = """
WITH made AS (
    INSERT INTO social.accounts (username, is_local, uri, url, inbox_url)
    SELECT 'follower' || n, true, 'https://ours.test/users/follower' || n, 'https://ours.test/@follower' || n,
        'https://ours.test/users/follower' || n || '/inbox'
    FROM generate_series(1, $1::int) AS n
    RETURNING id, username
)
INSERT INTO social.users (account_id, email, password_hash, confirmed_at, last_active_at)
SELECT id, username || '@mail.example', '', now(), now() FROM made
"""
FOLLOWING = """
INSERT INTO social.follows (account_id, target_id, uri)
SELECT a.id, target.id, a.uri || '#follows/' || target.id
FROM social.accounts a, unnest($1::bigint[]) AS target (id)
WHERE a.username LIKE 'follower%'
"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    followers: int
    posts: int
    length: int
    rate: int
    seconds: int
    merged: bool
    kill: bool


class Stand:
    """An author, those who follow them, and the tokens of some."""

    def __init__(self, run: Run, redis: Cache, author: str, followers: Sequence[AccountId], readers: list[str]) -> None:
        self.run = run
        self.redis = redis
        self.author = author
        self.followers = followers
        self.readers = readers


async def arrived(stand: Stand, post: int) -> None:
    """Return once the last home has it. Homes are asked in order, and only once the one before has it."""
    member = f"{post:0{DIGITS}}"
    missing = deque(_batches(stand))
    given_up = time.monotonic() + PATIENCE_SECONDS
    while missing:
        scores = await stand.redis.ask(*[("ZSCORE", key_of(owner), member) for owner in missing[0]])
        if None not in scores:
            missing.popleft()
        elif time.monotonic() > given_up:
            raise SystemExit(f"{len(missing)} of {len(stand.followers) // BATCH} did not arrive")
        await asyncio.sleep(0 if None not in scores else 0.02)


def _batches(stand: Stand) -> list[Sequence[AccountId]]:
    return [stand.followers[n : n + BATCH] for n in range(0, len(stand.followers), BATCH)]


async def floor(stand: Stand, redis_pid: int) -> str:
    """The same ZADDs, by nobody's rules."""
    member = f"{2**62:0{DIGITS}}"
    own, theirs, begun = time.process_time(), cpu_of(redis_pid), time.perf_counter()
    for owners in _batches(stand):
        await stand.redis.ask(*[("ZADD", key_of(owner), 0, member) for owner in owners])
    seconds = time.perf_counter() - begun
    used, redis = time.process_time() - own, cpu_of(redis_pid) - theirs
    for owners in _batches(stand):
        await stand.redis.ask(*[("ZREM", key_of(owner), member) for owner in owners])
    count = len(stand.followers)
    return f"{seconds:8.2f} s  {1e6 * used / count:7.1f} us a feed  redis {1e6 * redis / count:5.1f} us a feed"


async def seed(environment: dict[str, str], superuser: asyncpg.Connection, run: Run) -> Stand:
    """People come set-based; their homes hold what four neighbours post; one home is built, and copied."""
    async with open_stage(environment) as stage:
        author = await stage.somebody("author")
        neighbours = [await stage.somebody(f"neighbour{n}") for n in range(NEIGHBOURS)]
        for number in range(run.length):
            await stage.post(neighbours[number % NEIGHBOURS], f"{number}: {WORDS}", heard=False)
        await superuser.execute(CROWD, run.followers)
        await superuser.execute(FOLLOWING, [author.id, *(n.id for n in neighbours)])
        await superuser.execute("VACUUM ANALYZE")
        rows = await superuser.fetch("SELECT id FROM social.accounts WHERE username LIKE 'follower%' ORDER BY id")
        followers = [AccountId(row["id"]) for row in rows]
        await copy_homes(stage, followers)
        tokens = [
            await stage.token(msgspec.structs.replace(author, id=i)) for i in followers[:: len(followers) // READERS]
        ]
        # Nobody was told of what was posted here, and nobody needs to be.
        await superuser.execute("TRUNCATE api_gateway.outbox, timeline.outbox")
        writer = await stage.token(author)
    return Stand(run, Cache.at(environment["MURMURATION_REDIS_URL"]), writer, followers, tokens)


async def copy_homes(stage: Stage, followers: Sequence[AccountId]) -> None:
    first, *others = followers
    await home.build(stage.res, first)
    for number in range(0, len(others), BATCH):
        copies = [("COPY", key_of(first), key_of(other)) for other in others[number : number + BATCH]]
        await stage.res.redis.ask(*copies)
