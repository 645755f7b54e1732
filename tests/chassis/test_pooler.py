"""Behind a real PgBouncer in transaction mode, over fewer connections than sessions, all works as without it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from waiting import eventually

from chassis.bus import open_bus
from chassis.db import Database, Tx, open_database
from chassis.outbox import Relay
from chassis.periodic import run_periodically
from chassis.settings import Settings
from chassis.worker import every
from contracts.events import MuteCreated
from contracts.ids import AccountId
from native.home import Home
from native.infrastructure import Infrastructure
from native.ports import choose
from native.probes import listens
from native.process import Component
from native.supervisor import Supervisor

CONNECTIONS = 2
"""Of the pooler to PostgreSQL."""


@pytest.fixture
def pooler(infrastructure: Infrastructure, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its port."""
    folder = Path(f"/tmp/pgbouncer-{tmp_path_factory.mktemp('pooler').name}-{choose(1)[0]}")
    [port] = choose(1)
    folder.mkdir(mode=0o755)
    (folder / "users.txt").write_text(f'"api_gateway" "{infrastructure.database_password}"\n', encoding="utf-8")
    (folder / "pgbouncer.ini").write_text(
        f"""
[databases]
* = host=127.0.0.1 port={infrastructure.ports["postgres"]}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {CONNECTIONS}
max_client_conn = 100
""",
        encoding="utf-8",
    )
    component = Component(
        name="pgbouncer",
        command=("/usr/sbin/pgbouncer", f"{folder}/pgbouncer.ini"),
        user="postgres",
        ready=lambda: listens("127.0.0.1", port),
    )
    supervisor = Supervisor(Home(folder), [component])
    try:
        supervisor.wait_until_ready(10)
        yield port
    finally:
        supervisor.stop()
        Home(folder).forget()


@pytest.fixture
def pooled(
    make_settings: Callable[..., Settings], pooler: int, database: str, infrastructure: Infrastructure
) -> Settings:
    return make_settings(
        database_url=f"postgresql://127.0.0.1:{pooler}/{database}",
        database_direct_url=infrastructure.database_url(database),
        database_statement_cache=0,
        database_pool_size=8,
    )


@pytest.fixture
async def db(pooled: Settings) -> AsyncIterator[Database]:
    async with open_database(pooled, role="api_gateway", schema="api_gateway") as opened:
        yield opened


async def test_many_read_and_write_at_once_over_few_connections(db: Database) -> None:
    async def read(number: int) -> int:
        return int(await db.fetchval("SELECT $1::int + length($2::jsonb::text) * 0", number, {"some": [number]}))

    async def write(number: int) -> int:
        async with db.transaction() as tx:
            row = await tx.fetchrow("SELECT $1::int AS number, pg_sleep(0.005)", number)
            assert row is not None
            return int(row["number"])

    numbers = range(100)
    assert await asyncio.gather(*map(read, numbers)) == list(numbers)
    assert await asyncio.gather(*map(write, numbers)) == list(numbers)


async def test_its_role_still_has_its_limits(db: Database) -> None:
    rows = await db.fetch(
        "SELECT name, setting FROM pg_settings WHERE name IN ('jit', 'lock_timeout', 'statement_timeout') ORDER BY name"
    )
    assert [tuple(row) for row in rows] == [("jit", "off"), ("lock_timeout", "2000"), ("statement_timeout", "10000")]


async def test_what_a_transaction_says_is_heard_at_once(db: Database, pooled: Settings) -> None:
    async with open_bus(pooled) as bus:
        relaying = asyncio.create_task(Relay(pooled, bus, role="api_gateway", schema="api_gateway").run())
        try:
            await say(db)

            async def is_sent() -> bool:
                return await db.fetchval("SELECT bool_and(sent_at IS NOT NULL) FROM api_gateway.outbox") is True

            await eventually(is_sent)
        finally:
            relaying.cancel()


async def say(db: Database) -> None:
    async with db.transaction() as tx:
        assert isinstance(tx, Tx)
        tx.emit(MuteCreated(account_id=AccountId(1), target_id=AccountId(2)))


async def test_a_periodic_task_runs_in_one_process_at_a_time_and_again_and_again(
    db: Database, pooled: Settings
) -> None:
    at_work, most, done = 0, 0, 0

    async def task(_: object) -> None:
        nonlocal at_work, most, done
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.02)
        at_work -= 1
        done += 1

    entry = every(dt.timedelta(seconds=0.02), task)
    async with open_database(pooled, role="api_gateway", schema="api_gateway") as other:
        running = [asyncio.create_task(run_periodically(one, None, entry)) for one in (db, other)]
        try:

            async def is_enough() -> bool:
                return done >= 10

            await eventually(is_enough)
        finally:
            for one in running:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)
    assert most == 1
