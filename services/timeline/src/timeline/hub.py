"""Streaming clients of this process, and the one Redis connection that feeds them all.

A client's queue is bounded: one that falls behind is closed, never waited for. What is in the queue is ids;
rendering is the client's own affair, so a slow database holds up nobody else.
"""

import asyncio
import collections
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

import structlog
from prometheus_client import Counter, Gauge
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from chassis.broadcast import Hearing
from chassis.ending import end
from contracts.events import AccountSanctioned, TokenRevoked
from contracts.ids import AccountId, TokenId
from timeline.signals import EVERYBODY, Signal, decode

CLIENTS = Gauge("murmuration_timeline_stream_clients", "Open streams", ["transport"])
CLOSED = Counter("murmuration_timeline_streams_closed_total", "Streams that we closed", ["reason"])

RETRY_SECONDS = 1.0
LISTEN_SECONDS = 5.0
MOST_OF_ONE = 64
"""Connections of one account."""
log = structlog.get_logger()


class Farewell(Enum):
    """Why we close a stream."""

    SLOW = "slow"
    REVOKED = "revoked"
    STOPPING = "stopping"


class Client:
    """One connection: what comes in for it waits in `queue` until it is written."""

    def __init__(
        self, account_id: AccountId, token_id: TokenId, backlog: int, wants: Callable[[str, Signal], bool]
    ) -> None:
        self.account_id = account_id
        self.token_id = token_id
        self.channels: set[str] = set()
        self._wants = wants
        self.queue: asyncio.Queue[tuple[str, Signal] | Farewell] = asyncio.Queue(backlog + 1)
        self._backlog = backlog
        self._closing = False

    def offer(self, channel: str, signal: Signal) -> None:
        # Asked before anybody is woken up: hashtags are heard over what everything public goes through.
        if self._closing or not self._wants(channel, signal):
            return
        if self.queue.qsize() >= self._backlog:
            self.close(Farewell.SLOW)
        else:
            self.queue.put_nowait((channel, signal))

    def close(self, reason: Farewell) -> None:
        """Say farewell next, whatever else was waiting."""
        if self._closing:
            return
        self._closing = True
        CLOSED.labels(reason.value).inc()
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(reason)


class Hub:
    """Who listens to which channel."""

    def __init__(self, redis: Redis, valid: Callable[[Sequence[TokenId]], Awaitable[set[TokenId]]]) -> None:
        self._redis = redis
        self._valid = valid
        self._listeners: defaultdict[str, set[Client]] = defaultdict(set)
        self._clients: set[Client] = set()
        self._open: collections.Counter[AccountId] = collections.Counter()
        self._unaligned: set[str] = set()
        """Channels to which somebody listens now, or nobody any more."""
        self._changed = asyncio.Event()

    def has_room_for(self, account_id: AccountId) -> bool:
        """Each connection takes memory: nobody has more of them in one process than any number of devices needs."""
        return self._open[account_id] < MOST_OF_ONE

    @contextlib.contextmanager
    def connected(self, client: Client, transport: str) -> Iterator[None]:
        """Count the client among ours; whatever it listens to ends with the block."""
        self._clients.add(client)
        self._open[client.account_id] += 1
        with CLIENTS.labels(transport).track_inprogress():
            try:
                yield
            finally:
                self._clients.discard(client)
                self._open[client.account_id] -= 1
                if not self._open[client.account_id]:
                    del self._open[client.account_id]
                for channel in tuple(client.channels):
                    self.unsubscribe(client, channel)

    def subscribe(self, client: Client, channel: str) -> None:
        client.channels.add(channel)
        self._listeners[channel].add(client)
        self._realign(channel)

    def unsubscribe(self, client: Client, channel: str) -> None:
        client.channels.discard(channel)
        self._listeners[channel].discard(client)
        if not self._listeners[channel]:
            del self._listeners[channel]
            self._realign(channel)

    def _realign(self, channel: str) -> None:
        self._unaligned.add(channel)
        self._changed.set()

    @property
    def hearings(self) -> Sequence[Hearing[Any]]:
        """What the service's broadcast listens to for our sake: who may no longer listen is cut off."""
        return (
            Hearing(TokenRevoked, self._on_revoked, self._check_tokens),
            Hearing(AccountSanctioned, self._on_sanctioned, self._check_tokens),
        )

    async def _on_revoked(self, event: TokenRevoked) -> None:
        self._close({event.token_id})

    async def _on_sanctioned(self, _: AccountSanctioned) -> None:
        await self._check_tokens()

    async def _check_tokens(self) -> None:
        """What was missed while the bus was away stands in the database."""
        tokens = {client.token_id for client in self._clients}
        if tokens:
            self._close(tokens - await self._valid(sorted(tokens)))

    def _close(self, tokens: AbstractSet[TokenId]) -> None:
        for client in [c for c in self._clients if c.token_id in tokens]:
            client.close(Farewell.REVOKED)

    async def run(self) -> None:
        """Distribute what Redis publishes, for as long as the process lives."""
        try:
            while True:
                try:
                    await self._listen()
                except (RedisError, OSError) as error:
                    log.warning("streams wait for redis", error=repr(error))
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            for client in list(self._clients):
                client.close(Farewell.STOPPING)

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            # A connection without any channel could not be read.
            await pubsub.subscribe(EVERYBODY)
            aligning = asyncio.create_task(self._keep_aligned(pubsub), name="align subscriptions")
            try:
                while not aligning.done():
                    await self._take(pubsub)
                await aligning
            finally:
                await end([aligning])

    async def _keep_aligned(self, pubsub: PubSub) -> None:
        """Subscribe to what somebody listens to, and to nothing else; looking only at what changed since."""
        subscribed: set[str] = set()
        self._unaligned = set(self._listeners)
        while True:
            self._changed.clear()
            changed, self._unaligned = self._unaligned, set()
            wanted = {channel for channel in changed if channel in self._listeners}
            if new := wanted - subscribed:
                await pubsub.subscribe(*new)
            if gone := (changed - wanted) & subscribed:
                await pubsub.unsubscribe(*gone)
            subscribed.update(new)
            subscribed.difference_update(gone)
            await self._changed.wait()

    async def _take(self, pubsub: PubSub) -> None:
        message = await pubsub.get_message(timeout=LISTEN_SECONDS)
        if message is None:
            # A connection that died without a word is noticed by writing to it.
            await pubsub.ping()
        elif message["type"] == "message":
            channel, signal = message["channel"].decode(), decode(message["data"])
            if signal is None:
                return
            for client in tuple(self._clients if channel == EVERYBODY else self._listeners.get(channel, ())):
                client.offer(channel, signal)
