"""Thousands of clients of the streaming API in one process: raw WebSockets that note when which post came.

    python bench/listeners.py PORT

Reads a JSON command a line and answers each with a line: `connect` so many, `report` what came, `deafen` some,
`hang up`. They offer compression, as browsers do, and answer pings; those that will be deaf have small buffers and
take nothing compressed, so that what they do not read soon stands at the server.
"""

import asyncio
import json
import re
import socket
import sys
import time
import zlib
from collections import Counter, defaultdict
from typing import Any, cast

import uvloop

AT_ONCE = 64
TEXT, CLOSE, PING = 1, 8, 9
SMALL = 4096
"""The receive buffer of whoever is going to stop reading."""
STATUS = re.compile(rb'"payload":"\{\\"id\\":\\"(\d+)')
SWITCHED = b" 101 "
GREETING = (
    "GET {path} HTTP/1.1\r\nHost: ours.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "{extension}\r\n"
)
COMPRESSED = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"


class Book:
    """What came in, to all of them."""

    def __init__(self) -> None:
        self.arrivals: dict[str, list[float]] = defaultdict(list)
        self.bytes = 0
        self.pings = 0
        self.closed: Counter[int] = Counter()

    def clear(self) -> None:
        self.arrivals.clear()
        self.closed.clear()
        self.bytes = self.pings = 0

    def report(self) -> dict[str, Any]:
        return {"arrivals": self.arrivals, "bytes": self.bytes, "pings": self.pings, "closed": self.closed}


class Listener(asyncio.Protocol):
    """One socket."""

    def __init__(self, book: Book, token: str, frames: list[str], extension: str) -> None:
        self._book = book
        self._path = f"/api/v1/streaming?access_token={token}&stream=user"
        self._frames = frames
        self._extension = extension
        self._unread = b""
        self._inflate: Any = None
        self.open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(GREETING.format(path=self._path, extension=self._extension).encode())

    def connection_lost(self, _: Exception | None) -> None:
        self._book.closed[1006] += 1
        if not self.open.done():
            self.open.set_exception(ConnectionError("hung up"))

    def data_received(self, data: bytes) -> None:
        self._book.bytes += len(data)
        self._unread += data
        if not self.open.done() and not self._greeted():
            return
        while self._frame():
            pass

    def _greeted(self) -> bool:
        head, end, rest = self._unread.partition(b"\r\n\r\n")
        if not end:
            return False
        if SWITCHED not in head:
            raise SystemExit(head.decode())
        self._unread = rest
        if b"permessage-deflate" in head:
            self._inflate = zlib.decompressobj(-15)
        for frame in self._frames:
            self.transport.write(masked(TEXT, frame.encode()))
        self.open.set_result(None)
        return True

    def _frame(self) -> bool:
        """Take one frame, if it is there whole."""
        if len(self._unread) < 4:
            return False
        first, size, start = self._unread[0], self._unread[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(self._unread[2:start], "big")
        if len(self._unread) < start + size:
            return False
        body, self._unread = self._unread[start : start + size], self._unread[start + size :]
        if first & 0x40:
            body = self._inflate.decompress(body + b"\x00\x00\xff\xff")
        self._take(first & 15, body)
        return True

    def _take(self, opcode: int, body: bytes) -> None:
        if opcode == TEXT and (found := STATUS.search(body)):
            self._book.arrivals[found[1].decode()].append(time.time())
        elif opcode == PING:
            self._book.pings += 1
            self.transport.write(masked(10, body))
        elif opcode == CLOSE:
            self._book.closed[int.from_bytes(body[:2], "big")] += 1
            self.transport.close()


def masked(opcode: int, body: bytes) -> bytes:
    """A frame of a client; zeros are a mask too."""
    size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + bytes(4) + body


class Crowd:
    """All listeners of this process."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._book = Book()
        self._all: list[Listener] = []

    async def obey(self, command: dict[str, Any]) -> Any:
        match command["do"]:
            case "connect":
                waiting = iter(command["who"])
                await asyncio.gather(*(self._connect(waiting, small=command["small"]) for _ in range(AT_ONCE)))
            case "deafen":
                for listener in self._all[-command["count"] :]:
                    listener.transport.pause_reading()
            case "forget":
                self._book.clear()
            case "hang up":
                for listener in self._all:
                    listener.transport.abort()
                self._all.clear()
        return self._book.report()

    async def _connect(self, waiting: Any, *, small: bool) -> None:
        loop = asyncio.get_running_loop()
        for token, frames in waiting:
            line = socket.socket()
            line.setblocking(False)
            if small:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            await loop.sock_connect(line, ("127.0.0.1", self._port))
            listener = Listener(self._book, token, frames, "" if small else COMPRESSED)
            await loop.create_connection(lambda made=listener: made, sock=line)
            await listener.open
            self._all.append(listener)


async def main(port: int) -> None:
    crowd = Crowd(port)
    commands = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        print(json.dumps(await crowd.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
