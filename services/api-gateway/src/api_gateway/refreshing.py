"""Threads that began elsewhere are asked for anew when somebody opens them; clients learn when that is done.

Redis knows what is under way. Without it nothing is refreshed, and nobody waits.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec
import structlog
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api_gateway.neighbours import Neighbours
from chassis.ending import end
from chassis.errors import Unavailable
from contracts.ids import StatusId
from mastoapi.entities.refreshes import AsyncRefresh

log = structlog.get_logger()

HEADER: Final = "Mastodon-Async-Refresh"
RETRY_SECONDS: Final = 3
"""When a client should ask how far it is."""
KEPT_SECONDS: Final = 3600
NOT_AGAIN_FOR: Final = 900
MOST_AT_ONCE: Final = 32

REFRESHES = Counter("murmuration_thread_refreshes_total", "Threads asked for anew", ["outcome"])


class Refreshes:
    def __init__(self, redis: Redis, neighbours: Neighbours) -> None:
        self._redis = redis
        self._neighbours = neighbours
        self._running: set[asyncio.Task[None]] = set()

    async def begin(self, status_id: StatusId) -> AsyncRefresh | None:
        """Ask for the thread, or join who asked just now; None if there is nothing to wait for."""
        try:
            new = secrets.token_urlsafe(16)
            is_first = await self._redis.set(f"refreshing:{status_id}", new, ex=NOT_AGAIN_FOR, nx=True)
            if not is_first:
                known = await self._redis.get(f"refreshing:{status_id}")
                found = await self.by_id(str(known, "ascii") if isinstance(known, bytes) else known) if known else None
                return found if found is not None and found.status == "running" else None
            if len(self._running) >= MOST_AT_ONCE:
                REFRESHES.labels("too_many").inc()
                return None
            return await self._started(new, status_id)
        except (RedisError, OSError, Unavailable) as error:
            log.warning("no thread is refreshed", error=repr(error))
            return None

    async def by_id(self, refresh_id: str) -> AsyncRefresh | None:
        try:
            found = await self._redis.get(f"refresh:{refresh_id}")
        except (RedisError, OSError) as error:
            raise Unavailable from error
        return msgspec.json.decode(found, type=AsyncRefresh) if found else None

    async def _started(self, refresh_id: str, status_id: StatusId) -> AsyncRefresh:
        refresh = AsyncRefresh(id=refresh_id, status="running", result_count=0)
        await self._keep(refresh)
        task = asyncio.create_task(self._run(refresh, status_id), name="refresh a thread")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return refresh

    async def _run(self, refresh: AsyncRefresh, status_id: StatusId) -> None:
        count = await self._neighbours.refresh_thread(status_id)
        REFRESHES.labels("failed" if count is None else "finished").inc()
        try:
            await self._keep(msgspec.structs.replace(refresh, status="finished", result_count=count or 0))
        except (RedisError, OSError) as error:
            log.warning("nobody learns that a thread is refreshed", error=repr(error))

    async def _keep(self, refresh: AsyncRefresh) -> None:
        await self._redis.set(f"refresh:{refresh.id}", msgspec.json.encode(refresh), ex=KEPT_SECONDS)

    async def stop(self) -> None:
        await end(list(self._running))


@asynccontextmanager
async def open_refreshes(redis: Redis, neighbours: Neighbours) -> AsyncIterator[Refreshes]:
    refreshes = Refreshes(redis, neighbours)
    try:
        yield refreshes
    finally:
        await refreshes.stop()


def header_of(refresh: AsyncRefresh | None) -> dict[str, str]:
    """What a client is told beside an answer that may soon be fuller."""
    if refresh is None:
        return {}
    return {HEADER: f'id="{refresh.id}", retry={RETRY_SECONDS}, result_count={refresh.result_count or 0}'}
