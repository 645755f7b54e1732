"""Connections are shared, found broken in time, and never more than allowed."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chassis.pool import Connection, Pool
from native.infrastructure import Infrastructure


@pytest.fixture
async def pool(infrastructure: Infrastructure, database: str) -> AsyncIterator[Pool]:
    async def connect() -> Connection:
        opened: Connection = await asyncpg.connect(infrastructure.superuser_url(database), connection_class=Connection)
        return opened

    found = Pool(connect, 2)
    yield found
    await found.close()


async def test_the_connection_that_was_used_last_is_used_next(pool: Pool) -> None:
    async with pool.one() as first, pool.one() as second:
        pass
    async with pool.one() as third:
        assert third is first
        assert third is not second


async def test_whoever_comes_when_all_are_in_use_waits_for_the_first_that_is_free(pool: Pool) -> None:
    async with pool.one(), pool.one() as second:
        waiting = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        assert not waiting.done()
        pool.release(second)
        assert await waiting is second


async def test_a_connection_that_broke_is_replaced(pool: Pool) -> None:
    async with pool.one() as first:
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError)):
            await first.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    async with pool.one() as second:
        assert await second.fetchval("SELECT 1") == 1


async def test_a_transaction_that_nobody_ended_ends_with_its_connection(pool: Pool) -> None:
    async with pool.one() as first:
        await first.execute("BEGIN")
    assert first.is_closed()
    async with pool.one() as second:
        assert not second.is_in_transaction()


async def test_a_statement_that_was_given_up_leaves_its_connection_usable(pool: Pool) -> None:
    async with pool.one() as first:
        with pytest.raises(TimeoutError):
            await first.fetchval("SELECT pg_sleep(20)", timeout=0.05)
    async with pool.one() as again:
        assert await again.fetchval("SELECT 1") == 1


async def test_a_place_is_free_again_when_nothing_could_be_opened() -> None:
    async def refuse() -> Connection:
        raise ConnectionRefusedError

    pool = Pool(refuse, 1)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await pool.acquire()


async def test_a_closed_pool_opens_nothing(pool: Pool) -> None:
    async with pool.one() as used:
        await pool.close()
        with pytest.raises(asyncpg.InterfaceError):
            await pool.acquire()
    assert used.is_closed()
