"""One connection to Redis for all who ask: commands are written as they come, and answered in their order.

A command by redis-py takes a connection from a pool and several turns of the event loop. Here it is one write and one
read, which those share who ask at the same moment. It is for short commands: whoever is slow holds up the others.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

import hiredis
from redis.asyncio.connection import SSLConnection, parse_url
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as Late

DEADLINE: Final = 1.0

Command = tuple[str | bytes | int | float, ...]


class _Question:
    """What was asked together, and what was answered so far."""

    __slots__ = ("answer", "count", "deadline", "replies")

    def __init__(self, answer: "asyncio.Future[list[Any]]", count: int, deadline: asyncio.TimerHandle) -> None:
        self.answer = answer
        self.count = count
        self.deadline = deadline
        self.replies: list[Any] = []


class _Line(asyncio.Protocol):
    """The connection while it holds."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(replyError=ResponseError)
        self._asked: deque[_Question] = deque()
        self._transport: Any = None
        self.is_open = False

    def ask(self, commands: Sequence[Command]) -> "asyncio.Future[list[Any]]":
        answer: asyncio.Future[list[Any]] = self._loop.create_future()
        deadline = self._loop.call_later(DEADLINE, self._give_up, answer)
        self._asked.append(_Question(answer, len(commands), deadline))
        # Its stub knows of tuples of one.
        self._transport.write(b"".join(hiredis.pack_command(command) for command in commands))  # type: ignore[arg-type]
        return answer

    def close(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        # False is what there is not yet.
        while (reply := self._reader.gets()) is not False:
            question = self._asked[0]
            question.replies.append(reply)
            if len(question.replies) == question.count:
                self._asked.popleft()
                question.deadline.cancel()
                if not question.answer.done():
                    question.answer.set_result(question.replies)

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        while self._asked:
            question = self._asked.popleft()
            question.deadline.cancel()
            if not question.answer.done():
                question.answer.set_exception(Lost("Redis went away"))

    def _give_up(self, answer: "asyncio.Future[list[Any]]") -> None:
        """What comes after this answer would be late as well."""
        if not answer.done():
            answer.set_exception(Late("Redis does not answer"))
        self.close()


class Wire:
    """Connects when it is asked, again after it was lost."""

    def __init__(self, url: str) -> None:
        self._to: dict[str, Any] = dict(parse_url(url))
        self._line: _Line | None = None
        self._opening = asyncio.Lock()

    async def ask(self, *commands: Command) -> list[Any]:
        """The replies, one a command; an error of any of them is raised. RedisError when Redis is away."""
        line = self._line
        if line is None or not line.is_open:
            line = await self._opened()
        replies = await line.ask(commands)
        for reply in replies:
            if isinstance(reply, ResponseError):
                raise reply
        return replies

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    async def _opened(self) -> _Line:
        async with self._opening:
            if self._line is None or not self._line.is_open:
                try:
                    async with asyncio.timeout(DEADLINE):
                        self._line = await self._connected()
                except TimeoutError as error:
                    raise Late("Redis does not answer") from error
            return self._line

    async def _connected(self) -> _Line:
        loop, to = asyncio.get_running_loop(), self._to
        if path := to.get("path"):
            _, line = await loop.create_unix_connection(_Line, path)
        else:
            tls = to.get("connection_class") is SSLConnection or None
            _, line = await loop.create_connection(_Line, to.get("host", "localhost"), to.get("port", 6379), ssl=tls)
        greeting: list[Command] = [("SELECT", to.get("db", 0))]
        if password := to.get("password"):
            name = to.get("username")
            greeting.insert(0, ("AUTH", name, password) if name else ("AUTH", password))
        for reply in await line.ask(greeting):
            if isinstance(reply, ResponseError):
                line.close()
                raise reply
        return line
