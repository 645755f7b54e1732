"""What streaming clients are told over Redis: ids only, each process renders them for its own viewers."""

from collections.abc import Iterable
from typing import Final

import msgspec

from chassis.cache import Cache
from contracts.ids import AccountId, ListId, NotificationId
from timeline.away import redis_may_be_away
from timeline.pieces import pieces

PUBLIC: Final = "stream:public"
EVERYBODY: Final = "stream:everybody"
"""Every process listens to it for all of its clients."""

UPDATE, EDIT, DELETE = "update", "status.update", "delete"
NOTIFICATION, NOTIFICATIONS_MERGED = "notification", "notifications_merged"
CONVERSATION, FILTERS_CHANGED = "conversation", "filters_changed"
ANNOUNCEMENT, ANNOUNCEMENT_REACTION = "announcement", "announcement.reaction"
ANNOUNCEMENT_DELETE = "announcement.delete"


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something happened. `event` is Mastodon's name of it, `id` of what: a status, a notification, a conversation."""

    event: str
    id: int = 0
    is_local: bool = False
    has_media: bool = False
    is_reply: bool = False
    """To somebody else: only hashtag streams show such."""
    tags: tuple[str, ...] = ()
    payload: str | None = None
    """What clients read, where it is the same for all of them."""


USER_CHANNEL: Final = "stream:user"
LIST_CHANNEL: Final = "stream:list"


def channel_of(account_id: AccountId) -> str:
    return f"{USER_CHANNEL}:{account_id}"


def channel_of_list(list_id: ListId) -> str:
    return f"{LIST_CHANNEL}:{list_id}"


def encode(signal: Signal) -> bytes:
    return msgspec.json.encode(signal)


def decode(message: bytes) -> Signal | None:
    """None for what we cannot read: another version's words must not end the listening."""
    try:
        return msgspec.json.decode(message, type=Signal)
    except msgspec.MsgspecError:
        return None


class Announcer:
    """Publishes signals. What nobody listens to costs Redis next to nothing.

    `event` is one of the names above; a new one also needs its line in `payloads.payload_of`, unless its
    payload comes along, and in `streams.Stream.carries`.
    """

    def __init__(self, redis: Cache) -> None:
        self._redis = redis

    async def tell(
        self, accounts: Iterable[AccountId], event: str, subject: int = 0, *, payload: str | None = None
    ) -> None:
        """Tell these people's open streams about a status, a conversation, or what the payload says."""
        await self._publish(map(channel_of, accounts), Signal(event, subject, payload=payload))

    async def listening(self) -> list[AccountId]:
        """Whose streams are open somewhere."""
        with redis_may_be_away():
            [channels] = await self._redis.ask(("PUBSUB", "CHANNELS", f"{USER_CHANNEL}:*"))
        return [AccountId(int(channel.rpartition(b":")[2])) for channel in channels]

    async def tell_lists(self, lists: Iterable[ListId], event: str, subject: int) -> None:
        """Tell those who watch these lists about a status."""
        await self._publish(map(channel_of_list, lists), Signal(event, subject))

    async def tell_public(self, signal: Signal) -> None:
        await self._publish([PUBLIC], signal)

    async def tell_everybody(self, event: str, payload: str) -> None:
        """Tell all who listen to their home: an announcement, its id, or a reaction to it, as JSON."""
        await self._publish([EVERYBODY], Signal(event, payload=payload))

    async def notify(self, notifications: Iterable[tuple[AccountId, NotificationId]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for account, notification in notifications:
                pipe.publish(channel_of(account), encode(Signal(NOTIFICATION, notification)))
            with redis_may_be_away():
                await pipe.execute()

    async def _publish(self, channels: Iterable[str], signal: Signal) -> None:
        message = encode(signal)
        for some in pieces(list(channels)):
            with redis_may_be_away():
                await self._redis.ask(*[("PUBLISH", channel, message) for channel in some])
