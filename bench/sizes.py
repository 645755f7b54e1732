"""What a thing weighs where it is kept: bytes of a row with its indexes in PostgreSQL, of a feed in Redis.

    PYTHONPATH=tests:bench .venv/bin/python bench/sizes.py        (make bench-sizes)

Fills fresh tables with many rows of usual lengths and divides; a table that lives is larger by what is dead in it.
"""

import asyncio
import os
import statistics
import time

import asyncpg
from measuring import ROOT, migrated
from redis.asyncio import Redis

from chassis.db import Tx
from contracts.ids import AccountId, StatusId, Uri
from delivery.store.bodies import add_reached
from native.infrastructure import Infrastructure
from timeline.entry import Entry
from timeline.feeds import LENGTH, Feeds, key_of
from timeline.settings import Settings
from timeline.store.counts import set_status_counts

DATABASE, DOMAIN = "bench", "ours.test"
ROWS = 50_000
HOSTS = 500
INBOXES = 30_000
WORDS = (
    "<p>The swifts came back this morning, two weeks earlier than last year, and half of the street stood at their "
    "windows to watch them.</p><p>Somebody had brought coffee down for everybody; it was the best Tuesday.</p>"
)

# What is weighed, in an order in which each finds what it refers to. $1 is how many, $2 the words of a post.
THINGS: dict[str, tuple[str, str]] = {
    "account elsewhere": (
        "social.accounts",
        f"""
        INSERT INTO social.accounts (username, domain, is_local, uri, url, inbox_url, shared_inbox_url, outbox_url,
            followers_url, following_url, display_name, note, public_key_id, public_key_pem)
        SELECT 'somebody' || n, d, false, b || n, b || n, b || n || '/inbox', 'https://' || d || '/inbox',
            b || n || '/outbox', b || n || '/followers', b || n || '/following', 'Somebody ' || n, $2,
            b || n || '#main-key', repeat(md5(n::text), 14)
        FROM generate_series(1, $1::int) n, LATERAL (SELECT 'far' || n % {HOSTS} || '.example' AS d) x,
            LATERAL (SELECT 'https://' || d || '/users/somebody' AS b) y
        """,
    ),
    "conversation": (
        "social.conversations",
        """
        INSERT INTO social.conversations (uri) SELECT 'tag:far.example,2026:objectId=' || n || $2::char(1)
        FROM generate_series(1, $1::int) n
        """,
    ),
    "post elsewhere": (
        "social.statuses",
        """
        INSERT INTO social.statuses (id, uri, url, account_id, is_local, conversation_id, visibility, content, language,
            created_at)
        SELECT n, a.uri || '/statuses/' || n, a.url || '/' || n, a.id, false, c.id, 'public',
            '<p>' || md5(n::text) || ' ' || md5((n * 7)::text) || '</p>' || $2, 'en', now()
        FROM (SELECT id, uri, url, row_number() OVER () n FROM social.accounts WHERE NOT is_local LIMIT $1) a
        JOIN (SELECT id, row_number() OVER () n FROM social.conversations LIMIT $1) c USING (n)
        """,
    ),
    "its numbers": (
        "social.status_counts",
        "INSERT INTO social.status_counts (status_id) SELECT id FROM social.statuses WHERE id <= $1 AND $2 <> ''",
    ),
    "boost": (
        "social.statuses",
        """
        INSERT INTO social.statuses (id, uri, account_id, is_local, conversation_id, visibility, reblog_of_id,
            created_at)
        SELECT 1000000 + n, a.uri || '/activities/' || n || $2::char(1), a.id, false, s.conversation_id, 'public', 1,
            now()
        FROM (SELECT id, uri, row_number() OVER () n FROM social.accounts WHERE NOT is_local LIMIT $1) a,
            social.statuses s
        WHERE s.id = 1
        """,
    ),
    "favourite": (
        "social.favourites",
        """
        INSERT INTO social.favourites (status_id, account_id, uri)
        SELECT 1, id, uri || '#likes/1234567' || $2::char(1) FROM social.accounts WHERE NOT is_local LIMIT $1
        """,
    ),
    "follow": (
        "social.follows",
        """
        INSERT INTO social.follows (account_id, target_id, uri)
        SELECT a.id, t.id, a.uri || '#follows/1234567' || $2::char(1)
        FROM (SELECT id, uri, row_number() OVER () n FROM social.accounts WHERE NOT is_local LIMIT $1) a
        JOIN (SELECT id, row_number() OVER () n FROM social.accounts) t ON t.n = 1 + a.n % 1000
        """,
    ),
    "notification": (
        "timeline.notifications",
        """
        INSERT INTO timeline.notifications (account_id, type, from_account_id, status_id, group_key)
        SELECT (SELECT min(id) FROM social.accounts), 'reblog', id, 1, 'reblog-1-493846' || $2::char(1)
        FROM social.accounts WHERE NOT is_local LIMIT $1
        """,
    ),
    "picture elsewhere": (
        "social.media_attachments",
        """
        INSERT INTO social.media_attachments (account_id, status_id, is_local, kind, state, remote_url, mime_type,
            description, blurhash, meta)
        SELECT s.account_id, s.id, false, 'image', 'ready', 'https://files.far.example/media/' || md5(s.id::text),
            'image/jpeg', left($2, 120), 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH',
            '{"original": {"width": 1, "height": 1}}'
        FROM social.statuses s WHERE s.id <= $1
        """,
    ),
    "outbox row": (
        "inbox.outbox",
        """
        INSERT INTO inbox.outbox (event_id, exchange, topic, body, sent_at)
        SELECT gen_random_uuid(), 'events', 'status.created', convert_to(
            '{"type":"status.created","status_id":117696079673434383,"account_id":117696079673434384,'
            || '"visibility":"public","is_local":false,"is_news":true}' || $2::char(1), 'utf8'), now()
        FROM generate_series(1, $1::int)
        """,
    ),
    "held delivery": (
        "delivery.held",
        """
        WITH body AS (
            INSERT INTO delivery.bodies (activity_uri, sender_id, content, happened_at, created_at)
            VALUES ('https://ours.test/1', 1, convert_to($2, 'utf8'), now(), now()) RETURNING id
        )
        INSERT INTO delivery.held (body_id, inbox_url, host, held_at)
        SELECT body.id, 'https://far' || n || '.example/inbox', 'far' || n || '.example', now()
        FROM body, generate_series(1, $1::int) n
        """,
    ),
}


async def weighed(connection: asyncpg.Connection, table: str, insert: str) -> float:
    size = "SELECT pg_total_relation_size($1::regclass)"
    before = await connection.fetchval(size, table)
    await connection.execute(insert, ROWS, WORDS)
    await connection.execute(f"VACUUM {table}")
    return float(await connection.fetchval(size, table) - before) / ROWS


async def spread(connection: asyncpg.Connection) -> int:
    """What a post to many hosts leaves behind: the body and where it went."""
    await connection.execute(
        """
        INSERT INTO delivery.bodies (activity_uri, sender_id, content, happened_at, created_at, inbox_ids)
        SELECT 'https://ours.test/many/' || n, 1, decode(string_agg(md5(x::text), ''), 'hex'), now(), now(),
            (SELECT array_agg(1 + (i * 7919) % 100000 + n) FROM generate_series(1, $1::int) i)
        FROM generate_series(1, 20) n, generate_series(1, 160) x GROUP BY n
        """,
        INBOXES,
    )
    size = await connection.fetchval(
        """
        SELECT sum(pg_column_size(content) + pg_column_size(inbox_ids)) / 20 FROM delivery.bodies
        WHERE activity_uri LIKE 'https://ours.test/many/%'
        """
    )
    return int(size)


async def counting(connection: asyncpg.Connection) -> float:
    """Milliseconds for counting again a post that everybody boosted and liked, the middle of some times."""
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        await set_status_counts(Tx(connection), [StatusId(1)])
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


async def remembering(connection: asyncpg.Connection) -> tuple[float, int]:
    """Milliseconds and bytes of log for one more host that has a copy of what many hosts have."""
    about, times = Uri("https://ours.test/everywhere"), []
    await add_reached(Tx(connection), about, range(1, INBOXES))
    written = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"
    before = await connection.fetchval(written)
    for number in range(9):
        begun = time.perf_counter()
        await add_reached(Tx(connection), about, [INBOXES + number])
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times), (await connection.fetchval(written) - before) // 9


async def feed(settings: Settings, redis: Redis) -> int:
    """A whole home, every fifth a boost."""
    feeds = Feeds(redis, settings.feed_age)  # type: ignore[arg-type]  # of a Cache it needs no more
    owner, first = AccountId(117696079673434383), 117696079673434383
    await feeds.begin(owner)
    ids = [StatusId(first + n * 4096) for n in range(LENGTH)]
    await feeds.finish(owner, [Entry(i, StatusId(i - 9) if i % 5 == 0 else None) for i in ids])
    return int(await redis.memory_usage(key_of(owner), samples=0))


async def main(infrastructure: Infrastructure) -> None:
    environment = await migrated(infrastructure, DATABASE, DOMAIN)
    settings = Settings(**{key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()})
    connection = await asyncpg.connect(infrastructure.superuser_url(DATABASE))
    for name, (table, insert) in THINGS.items():
        print(f"{name:24}{await weighed(connection, table, insert):8.0f} bytes of {table}", flush=True)
    print(f"{'counting it again':24}{await counting(connection):8.1f} ms for {ROWS} boosts and favourites")
    ms, logged = await remembering(connection)
    print(f"{'one more copy':24}{ms:8.1f} ms and {logged} bytes of log where {INBOXES} hosts have one")
    print(f"{'a post to ' + str(INBOXES):24}{await spread(connection):8} bytes of delivery.bodies")
    await connection.close()
    async with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
        print(f"{'home of 800':24}{await feed(settings, redis):8} bytes of Redis")


if __name__ == "__main__":
    with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
        asyncio.run(main(infrastructure))
