"""One streaming client: its subscriptions, and its messages as it shall read them."""

import asyncio

import msgspec
from fastapi.requests import HTTPConnection

from chassis.errors import Unauthenticated
from contracts.ids import NotificationId, StatusId
from mastoapi.viewer import Viewer, secret_of, viewer_from
from timeline import showing
from timeline.hub import Client, Farewell
from timeline.resources import Resources
from timeline.signals import DELETE, NOTIFICATION, Signal
from timeline.store import notifications
from timeline.streams import Stream, check_scopes, may_hear


class Message(msgspec.Struct, frozen=True):
    """As Mastodon: the payload is JSON within JSON, or a bare id."""

    stream: list[str]
    event: str
    payload: str


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


class Session:
    """What one connection listens to."""

    def __init__(self, res: Resources, viewer: Viewer) -> None:
        self._res = res
        self._viewer = viewer
        self._streams: dict[Stream, None] = {}
        self.client = Client(viewer.token_id, res.settings.stream_backlog)

    def check(self, stream: Stream) -> None:
        check_scopes(stream, self._viewer.scopes)

    def subscribe(self, stream: Stream) -> None:
        self.check(stream)
        self._streams[stream] = None
        self._res.hub.subscribe(self.client, stream.channel(self._viewer.id))

    def unsubscribe(self, stream: Stream) -> None:
        self._streams.pop(stream, None)
        channel = stream.channel(self._viewer.id)
        if channel not in {other.channel(self._viewer.id) for other in self._streams}:
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
        streams = [s for s in self._streams if s.channel(self._viewer.id) == channel and s.carries(signal)]
        if not streams or not may_hear(signal, self._viewer.scopes):
            return []
        payload = await self._payload(signal)
        return [Message(stream.label, signal.event, payload) for stream in streams] if payload is not None else []

    async def _payload(self, signal: Signal) -> str | None:
        """Rendered for the viewer; None if it is nothing for them."""
        if signal.event == DELETE:
            return str(signal.id)
        if signal.event == NOTIFICATION:
            found = await notifications.by_id(self._res.db, self._viewer.id, NotificationId(signal.id))
            shown: object = await showing.notifications(self._res, [found], self._viewer.id) if found else []
        else:
            shown = await showing.statuses(self._res, [StatusId(signal.id)], self._viewer.id)
        return msgspec.json.encode(shown[0]).decode() if isinstance(shown, list) and shown else None
