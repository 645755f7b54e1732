"""One streaming client: its subscriptions, and its messages as it shall read them."""

import asyncio
from collections import defaultdict

import msgspec
from fastapi.requests import HTTPConnection
from msgspec import UNSET, UnsetType

from chassis.errors import Invalid, Unauthenticated
from mastoapi.viewer import Viewer, secret_of, viewer_from
from timeline.hub import Client, Farewell
from timeline.payloads import payload_of
from timeline.resources import Resources
from timeline.signals import DELETE, EVERYBODY, Signal, channel_of
from timeline.streams import Stream, check_scopes, may_hear


class Message(msgspec.Struct, frozen=True):
    """As Mastodon: the payload is JSON within JSON, or a bare id, or there is none."""

    stream: list[str]
    event: str
    payload: str | UnsetType = UNSET


async def viewer_of(connection: HTTPConnection, res: Resources) -> Viewer:
    """Browsers cannot set headers on a WebSocket: the token may come as a parameter or as the subprotocol."""
    secret = (
        secret_of(connection)
        or connection.query_params.get("access_token")
        or connection.headers.get("Sec-WebSocket-Protocol")
    )
    bearer = await res.tokens.bearer(secret) if secret else None
    if bearer is None:
        raise Unauthenticated
    return viewer_from(bearer)


MOST_STREAMS = 100
"""On one connection: each of them looks at all that is said in public."""


class TooManyStreams(Invalid):
    """Too many streams on one connection"""


class Session:
    """What one connection listens to."""

    def __init__(self, res: Resources, viewer: Viewer) -> None:
        self._res = res
        self._viewer = viewer
        self._own = channel_of(viewer.id)
        self._streams: defaultdict[str, dict[Stream, None]] = defaultdict(dict)
        """By the channels over which they come, those of a hashtag apart: there may be many, and a post has few."""
        self.client = Client(viewer.id, viewer.token_id, res.settings.stream_backlog, self._wants)

    def check(self, stream: Stream) -> None:
        check_scopes(stream, self._viewer.scopes)

    def subscribe(self, stream: Stream) -> None:
        self.check(stream)
        channel = stream.channel(self._viewer.id)
        place = _place(channel, stream.tag)
        if stream not in self._streams.get(place, ()) and sum(map(len, self._streams.values())) >= MOST_STREAMS:
            raise TooManyStreams
        self._streams[place][stream] = None
        self._res.hub.subscribe(self.client, channel)

    def unsubscribe(self, stream: Stream) -> None:
        channel = stream.channel(self._viewer.id)
        place = _place(channel, stream.tag)
        self._streams[place].pop(stream, None)
        if not self._streams[place]:
            del self._streams[place]
        if not self._places(channel):
            self._res.hub.unsubscribe(self.client, channel)

    async def next(self, patience: float | None = None) -> list[Message] | Farewell:
        """Wait for the next signal; what it means to this client, once for each stream that carries it.

        TimeoutError if none comes in `patience` seconds. Rendering takes the time it takes.
        """
        async with asyncio.timeout(patience):
            item = await self.client.queue.get()
        if isinstance(item, Farewell):
            return item
        channel, signal = item
        streams = self._carrying(channel, signal)
        if not streams:
            return []
        payload = await payload_of(self._res, self._viewer.id, signal, streams[0].context)
        return [Message(stream.label, signal.event, payload) for stream in streams] if payload is not None else []

    def _carrying(self, channel: str, signal: Signal) -> list[Stream]:
        """Its streams by which the signal comes to it."""
        own = self._own if channel == EVERYBODY else channel
        places = self._places(own) if signal.event == DELETE else [own, *(_place(own, tag) for tag in signal.tags)]
        found = (s for place in places for s in self._streams.get(place, ()))
        streams = [s for s in found if s.hears(channel) and s.carries(signal)]
        return streams if streams and may_hear(signal, self._viewer.scopes) else []

    def _places(self, channel: str) -> list[str]:
        return [place for place in self._streams if place.partition("#")[0] == channel]

    def _wants(self, channel: str, signal: Signal) -> bool:
        return bool(self._carrying(channel, signal))


def _place(channel: str, tag: str | None) -> str:
    return channel if tag is None else f"{channel}#{tag}"
