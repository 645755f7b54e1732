"""What streaming clients are told over Redis: ids only, each process renders them for its own viewers."""

from collections.abc import Iterable

import msgspec
from redis.asyncio import Redis

from contracts.ids import AccountId, NotificationId, StatusId
from timeline.away import redis_may_be_away

PUBLIC = "stream:public"

UPDATE, EDIT, DELETE, NOTIFICATION = "update", "status.update", "delete", "notification"


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something happened. `event` is Mastodon's name of it, `id` a status's or a notification's."""

    event: str
    id: int
    is_local: bool = False
    has_media: bool = False
    is_reply: bool = False
    """To somebody else: only hashtag streams show such."""
    tags: tuple[str, ...] = ()


def channel_of(account_id: AccountId) -> str:
    return f"stream:user:{account_id}"


def encode(signal: Signal) -> bytes:
    return msgspec.json.encode(signal)


def decode(message: bytes) -> Signal | None:
    """None for what we cannot read: another version's words must not end the listening."""
    try:
        return msgspec.json.decode(message, type=Signal)
    except msgspec.MsgspecError:
        return None


class Announcer:
    """Publishes signals. What nobody listens to costs Redis next to nothing."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def tell_public(self, signal: Signal) -> None:
        with redis_may_be_away():
            await self._redis.publish(PUBLIC, encode(signal))

    async def tell(self, accounts: Iterable[AccountId], event: str, status_id: StatusId) -> None:
        """Tell these people's open streams about a status."""
        message = encode(Signal(event, status_id))
        async with self._redis.pipeline(transaction=False) as pipe:
            for account in accounts:
                pipe.publish(channel_of(account), message)
            with redis_may_be_away():
                await pipe.execute()

    async def notify(self, notifications: Iterable[tuple[AccountId, NotificationId]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for account, notification in notifications:
                pipe.publish(channel_of(account), encode(Signal(NOTIFICATION, notification)))
            with redis_may_be_away():
                await pipe.execute()
