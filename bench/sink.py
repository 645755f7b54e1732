"""Thousands of servers that only receive, behind one port: raw HTTP, told apart by the name they are asked for.

    python bench/sink.py PORT [certificate.pem]

`h7.peers.localhost` is the host of number 7. One request in a hundred has its signature checked. Between `POST /sicken`
and `POST /heal`, of each twenty hosts two are silent for ten seconds, two answer 500 and one hangs up. `POST /report`
tells when each activity came to how many hosts.
"""

import asyncio
import datetime as dt
import json
import re
import ssl
import sys
import time
from collections import defaultdict
from typing import cast

import uvloop

from apcore.keys import load_public
from apcore.signatures import cavage

HANGS, ERRS, REFUSES = frozenset({0, 1}), frozenset({2, 3}), frozenset({4})
HANGING_SECONDS = 10
CHECKED = 100
HEAD = re.compile(rb"\A(\w+) (\S+) HTTP/1.1\r\n", re.ASCII)
HOST = re.compile(rb"\r\nhost: *h(\d+)\.", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ACTIVITY = re.compile(rb'"id":"([^"]+/activity)"')
TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"


def is_sick(number: int) -> bool:
    return number % 20 in HANGS | ERRS | REFUSES


class Book:
    """What came in."""

    def __init__(self) -> None:
        self.sick = False
        self.key_pem = ""
        self.requests = 0
        self.checked = 0
        self.forged = 0
        self.arrivals: dict[str, dict[int, float]] = defaultdict(dict)
        self.again: dict[str, int] = defaultdict(int)

    def take(self, activity: str, host: int) -> None:
        if host in self.arrivals[activity]:
            self.again[activity] += 1
        else:
            self.arrivals[activity][host] = time.time()

    def check(self, head: bytes, body: bytes) -> None:
        self.checked += 1
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = [tuple(line.split(": ", 1)) for line in lines[1:] if line]
        request = cavage.request_of(method, path, headers, body)
        signature = cavage.read(request, dt.datetime.now(dt.UTC))
        self.forged += not cavage.verify(request, signature, load_public(self.key_pem))

    def report(self) -> bytes:
        activities = {
            activity: {"hosts": len(hosts), "again": self.again[activity], "healthy": [], "sick": []}
            for activity, hosts in self.arrivals.items()
        }
        for activity, hosts in self.arrivals.items():
            for number, at in hosts.items():
                activities[activity]["sick" if is_sick(number) else "healthy"].append(at)
        return json.dumps(
            {"requests": self.requests, "checked": self.checked, "forged": self.forged, "activities": activities}
        ).encode()


class Connection(asyncio.Protocol):
    def __init__(self, book: Book) -> None:
        self._book = book
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            head = self._unread[: end + 2]
            length = LENGTH.search(head)
            total = end + 4 + (int(length[1]) if length else 0)
            if len(self._unread) < total:
                return
            body, self._unread = self._unread[end + 4 : total], self._unread[total:]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        named = HOST.search(head)
        if named is None:
            self._steer(head, body)
            return
        number, book = int(named[1]), self._book
        book.requests += 1
        if book.requests % CHECKED == 0:
            book.check(head, body)
        kind = number % 20 if book.sick else -1
        if kind in HANGS:
            asyncio.get_running_loop().call_later(HANGING_SECONDS, self._transport.abort)
        elif kind in ERRS:
            self._transport.write(FAILED)
        elif kind in REFUSES:
            self._transport.abort()
        else:
            if activity := ACTIVITY.search(body):
                book.take(activity[1].decode(), number)
            self._transport.write(TAKEN)

    def _steer(self, head: bytes, body: bytes) -> None:
        line = HEAD.match(head)
        path = line[2] if line else b""
        answer = b"{}"
        if path == b"/report":
            answer = self._book.report()
        elif path == b"/key":
            self._book.key_pem = body.decode()
        elif path in (b"/sicken", b"/heal"):
            self._book.sick = path == b"/sicken"
        elif path == b"/forget":
            self._book.arrivals.clear()
            self._book.again.clear()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))


async def main(port: int, certificate: str | None) -> None:
    book, tls = Book(), None
    if certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(book), "127.0.0.1", port, ssl=tls, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))
