"""Connections to PostgreSQL, each for one at a time: whichever was used last is used next.

asyncpg's own pool shields, resets and proxies what nobody here ever leaves behind; with a short statement that costs
as much as the statement.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import asyncpg

PATIENCE: Final = 5.0
"""How long somebody waits for a connection while all are in use."""
IDLE_SECONDS: Final = 300.0
"""How long a connection is kept that nobody needs."""
LIFETIME: Final = 3600.0
"""What a backend remembers grows with all it ever saw: after that it is let go."""


class Connection(asyncpg.Connection):
    """A connection that knows its age."""

    __slots__ = ("opened_at", "used_at")

    opened_at: float
    used_at: float


class Pool:
    """At most so many connections, opened when they are needed."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(most)
        self.most = most
        self.used = 0
        """How many are at work."""
        self._idle: list[Connection] = []
        self._is_closed = False

    async def acquire(self) -> Connection:
        """To be released, whatever happens."""
        if self._places.locked():
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        else:
            await self._places.acquire()
        self.used += 1
        try:
            return self._kept() or await self._opened()
        except BaseException:
            self._leave()
            raise

    def release(self, conn: Connection) -> None:
        now = time.monotonic()
        # A rollback that was itself cut off; and what ends here ends its transaction.
        if conn.is_in_transaction() or self._is_closed or now - conn.opened_at > LIFETIME:
            conn.terminate()
        if not conn.is_closed():
            conn.used_at = now
            self._idle.append(conn)
        if self._idle and now - self._idle[0].used_at > IDLE_SECONDS:
            self._idle.pop(0).terminate()
        self._leave()

    @property
    def idle(self) -> int:
        return len(self._idle)

    def _leave(self) -> None:
        self.used -= 1
        self._places.release()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[Connection]:
        conn = await self.acquire()
        try:
            yield conn
        finally:
            self.release(conn)

    async def close(self) -> None:
        """What is in use is closed when it comes back."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(conn.close(timeout=PATIENCE) for conn in idle), return_exceptions=True)

    def _kept(self) -> Connection | None:
        while self._idle:
            conn = self._idle.pop()
            if not conn.is_closed():
                return conn
        return None

    async def _opened(self) -> Connection:
        if self._is_closed:
            raise asyncpg.InterfaceError("the pool is closed")
        conn = await self._connect()
        conn.opened_at = time.monotonic()
        return conn
