"""One connection to RabbitMQ for all who publish: messages are written as they come, and confirmed as the broker can.

aiormq takes several turns of the event loop and three of its tasks for a message. Here it is one write, which those
share who publish at the same moment, and a confirm, which the broker may give for many at once.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog
from aiormq.abc import SSLCerts
from aiormq.connection import SSLContextProvider
from pamqp import commands, header
from pamqp.common import FieldTable
from pamqp.exceptions import PAMQPException
from pamqp.frame import FrameTypes, marshal, unmarshal
from pamqp.heartbeat import Heartbeat
from yarl import URL

from chassis import amqp

DEADLINE: Final = 5.0
"""How long a message waits for its confirm."""
CONNECT_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 2.0
HEARTBEAT: Final = 15
"""Seconds, as told to the broker: each side says something twice in that time."""
MOST_SILENT: Final = 4
"""After so many halves of it without a word the broker is taken for lost."""
MOST_UNWRITTEN: Final = 8 * 1_048_576
"""Bytes that may wait while the broker reads nothing, as it does when it is short of memory or disk."""

GREETING: Final = b"AMQP\x00\x00\x09\x01"
ABOUT_US: Final[FieldTable] = {
    "product": "Murmuration",
    "capabilities": {
        "publisher_confirms": True,
        "basic.nack": True,
        "connection.blocked": True,
        "authentication_failure_close": True,
    },
}
FAREWELL: Final = commands.Connection.Close(reply_code=200, reply_text="", class_id=0, method_id=0)

log = structlog.get_logger()


class NotTaken(Exception):  # noqa: N818 (reads as what happened)
    """The broker did not confirm the message. It may have it all the same."""


class _Message(msgspec.Struct, frozen=True):
    """One that is under way."""

    message_id: str
    confirm: "asyncio.Future[None]"
    deadline: asyncio.TimerHandle


async def open_publisher(address: str, *, patience: float = DEADLINE, heartbeat: int = HEARTBEAT) -> "Publisher":
    """A connection that takes messages; OSError, TimeoutError or NotTaken where there is none."""
    url = URL(address)
    async with asyncio.timeout(CONNECT_SECONDS):
        tls = await _trusted(url) if url.scheme == "amqps" else None
        host, port = url.host or "localhost", url.port or (5671 if tls else 5672)
        _, publisher = await asyncio.get_running_loop().create_connection(
            lambda: Publisher(url, patience, heartbeat), host, port, ssl=tls
        )
        try:
            await publisher.opened
        except BaseException:
            await publisher.close()
            raise
    return publisher


class Publisher(asyncio.Protocol):
    """A connection while it holds. It greets by itself, and is `opened` when messages may be confirmed."""

    def __init__(self, url: URL, patience: float, heartbeat: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._url = url
        self._patience = patience
        self._heartbeat = heartbeat
        self._transport: Any = None
        self._rest = b""
        self._largest = 0
        self._tag = 0
        self._waiting: dict[int, _Message] = {}
        self._is_stuffed = False
        self._silent = 0
        self._beating: asyncio.TimerHandle | None = None
        self.is_open = False
        self.opened: asyncio.Future[None] = self._loop.create_future()
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def publish(
        self, exchange: str, topic: str, body: bytes, headers: Mapping[str, str], message_id: str, *, mandatory: bool
    ) -> "asyncio.Future[None]":
        """Done once the broker has the message on disk; NotTaken if that does not happen in time."""
        if not self.is_open or self._is_stuffed:
            raise NotTaken("the broker is away, or takes nothing more")
        written = amqp.message(
            exchange, topic, body, headers, message_id, mandatory=mandatory, largest=self._largest
        )  # Comes before the counting: it may refuse what cannot be written.
        self._tag += 1
        confirm: asyncio.Future[None] = self._loop.create_future()
        deadline = self._loop.call_later(self._patience, self._give_up, self._tag)
        self._waiting[self._tag] = _Message(message_id, confirm, deadline)
        self._transport.write(written)
        return confirm

    async def close(self) -> None:
        """Say farewell, and hang up."""
        try:
            if self.is_open:
                self._say(FAREWELL, channel=0)
                async with asyncio.timeout(CLOSE_SECONDS):
                    await asyncio.shield(self.lost)
        except TimeoutError:
            log.warning("the broker does not let us go")
        finally:
            self.hang_up()
        await asyncio.shield(self.lost)

    def hang_up(self) -> None:
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.set_write_buffer_limits(high=MOST_UNWRITTEN)
        self._transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        self._silent = 0
        try:
            frames, self._rest = amqp.whole_frames(self._rest + data)
            for frame in frames:
                if (confirmed := amqp.confirmed(frame)) is not None:
                    self._settle(*confirmed)
                else:
                    self._hear(unmarshal(frame)[2])
        except (ValueError, PAMQPException) as error:
            log.warning("the broker says what nobody understands", error=repr(error))
            self.hang_up()

    def pause_writing(self) -> None:
        self._is_stuffed = True

    def resume_writing(self) -> None:
        self._is_stuffed = False

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        if self._beating is not None:
            self._beating.cancel()
        self._settle(self._tag, True, NotTaken("the broker went away"))
        if not self.opened.done():
            self.opened.set_exception(NotTaken("the broker hung up"))
        self.lost.set_result(None)

    def _hear(self, said: FrameTypes) -> None:
        """All but the greeting and confirms."""
        match said:
            case commands.Basic.Nack():
                self._settle(said.delivery_tag, said.multiple, NotTaken("the broker refused it"))
            case commands.Basic.Return():
                log.warning("no queue takes a message", topic=said.routing_key, reason=said.reply_text)
            case header.ContentHeader():
                self._came_back(said.properties.message_id)
            case commands.Connection.Blocked():
                log.warning("the broker has an alarm", reason=said.reason)
            case commands.Channel.Close():
                self._part(said.reply_text, FAREWELL)
            case commands.Connection.Close():
                self._part(said.reply_text, commands.Connection.CloseOk())
            case commands.Connection.CloseOk():
                self._transport.close()
            case _:
                self._greet(said)

    def _greet(self, said: FrameTypes) -> None:
        """One step follows the other, until messages may be confirmed."""
        match said:
            case commands.Connection.Start():
                self._say(_credentials(self._url), channel=0)
            case commands.Connection.Tune():
                self._largest = min(said.frame_max or amqp.LARGEST, amqp.LARGEST)
                self._say(commands.Connection.TuneOk(said.channel_max, self._largest, self._heartbeat), channel=0)
                self._say(commands.Connection.Open(virtual_host=_vhost(self._url)), channel=0)
                self._beat()
            case commands.Connection.OpenOk():
                self._say(commands.Channel.Open())
            case commands.Channel.OpenOk():
                self._say(commands.Confirm.Select())
            case commands.Confirm.SelectOk():
                self.is_open = True
                self.opened.set_result(None)

    def _say(self, what: FrameTypes, channel: int = amqp.CHANNEL) -> None:
        self._transport.write(marshal(what, channel))

    def _part(self, why: str, farewell: FrameTypes) -> None:
        """What was asked for cannot be, as when an exchange is missing. Who comes next finds another connection."""
        log.warning("the broker parts with us", reason=why)
        self.is_open = False
        self._say(farewell, channel=0)
        self._transport.close()

    def _settle(self, tag: int, is_multiple: bool, error: NotTaken | None = None) -> None:
        for number in [n for n in self._waiting if n <= tag] if is_multiple else [tag]:
            if (message := self._waiting.pop(number, None)) is not None:
                message.deadline.cancel()
                _resolve(message.confirm, error)

    def _came_back(self, message_id: str | None) -> None:
        """The head of a message that no queue takes: the confirm that follows is not what it seems."""
        for tag in [tag for tag, message in self._waiting.items() if message.message_id == (message_id or "")]:
            self._settle(tag, False, NotTaken("no queue takes it"))

    def _give_up(self, tag: int) -> None:
        self._settle(tag, False, NotTaken("the broker is late"))

    def _beat(self) -> None:
        self._silent += 1
        if self._silent > MOST_SILENT:
            self.hang_up()
            return
        self._say(Heartbeat(), channel=0)
        self._beating = self._loop.call_later(self._heartbeat / 2, self._beat)


def _resolve(confirm: "asyncio.Future[None]", error: NotTaken | None) -> None:
    if confirm.done():  # Whoever asked waits no longer.
        return
    if error is None:
        confirm.set_result(None)
    else:
        confirm.set_exception(error)


def _credentials(url: URL) -> commands.Connection.StartOk:
    mechanism = url.query.get("auth", "plain").upper()
    response = "" if mechanism == "EXTERNAL" else f"\0{url.user or 'guest'}\0{url.password or 'guest'}"
    return commands.Connection.StartOk(ABOUT_US, mechanism, response, "en_US")


def _vhost(url: URL) -> str:
    return url.path.removeprefix("/").replace("%2F", "/") or "/"


async def _trusted(url: URL) -> ssl.SSLContext:
    """What the address says of certificates, in aiormq's words: consuming connections read the same."""
    query = url.query
    named = SSLCerts(
        cert=query.get("certfile"),
        key=query.get("keyfile"),
        capath=query.get("capath"),
        cafile=query.get("cafile"),
        cadata=None,
        verify=query.get("no_verify_ssl", "0") == "0",
    )
    return await SSLContextProvider(ssl_context=None, ssl_certs=named, loop=asyncio.get_running_loop()).get_context()
