"""Servers that only receive: real TLS on loopback, told how to answer, and remembering everything."""

import asyncio
import base64
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import orjson
import trustme
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HOSTS = ("near.localhost", "far.localhost", "away.localhost", "busy.localhost")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int = 202
    headers: dict[str, str] = {}
    abort: bool = False
    """Close the connection instead of answering."""
    until: asyncio.Event | None = None
    """Answer only once this is set."""


GONE_QUIET = Answer(abort=True)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """What came in."""

    host: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found

    @property
    def type(self) -> str:
        return str(self.document["type"])

    @property
    def signature(self) -> dict[str, str]:
        """The parameters of the Signature header, taken apart by hand."""
        parts = (part.partition("=") for part in self.headers["signature"].split(","))
        return {name: value.strip('"') for name, _, value in parts}

    def signing_string(self) -> str:
        values = self.headers | {"(request-target)": f"post {self.path}"}
        return "\n".join(f"{name}: {values[name]}" for name in self.signature["headers"].split())

    def is_signed_by(self, public_pem: str) -> bool:
        """Raises when it is not."""
        key = serialization.load_pem_public_key(public_pem.encode())
        assert isinstance(key, rsa.RSAPublicKey)
        value = base64.b64decode(self.signature["signature"])
        key.verify(value, self.signing_string().encode(), padding.PKCS1v15(), hashes.SHA256())
        return True


class Peers:
    """All hosts there are: one listener, told apart by the name they are asked for."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[Post] = []
        self.manners: dict[str, Answer] = {}
        self.script: dict[str, deque[Answer]] = {}
        self.busiest: dict[str, int] = {}
        """How many requests a host ever had in hand at once."""
        self._in_hand: dict[str, int] = {}

    def host(self, name: str) -> str:
        return f"{name}.localhost:{self.port}"

    def answers(self, name: str, *answers: Answer | int) -> None:
        """The next answers of the host; afterwards it takes everything again."""
        self.script[self.host(name)] = deque(_answer(answer) for answer in answers)

    def always(self, name: str, answer: Answer | int) -> None:
        self.manners[self.host(name)] = _answer(answer)

    def goes_away(self, name: str) -> None:
        self.always(name, GONE_QUIET)

    def comes_back(self, name: str) -> None:
        self.always(name, 202)

    def at(self, name: str) -> list[Post]:
        return [post for post in self.received if post.host == self.host(name)]

    def types_at(self, name: str) -> list[str]:
        return [post.type for post in self.at(name)]

    def contents_at(self, name: str) -> list[str]:
        """The words of the posts that came, in the order in which they came."""
        return [post.document["object"]["content"] for post in self.at(name) if post.type == "Create"]

    async def receive(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.host
        headers = {name.lower(): value for name, value in request.headers.items()}
        post = Post(host=host, path=request.path_qs, headers=headers, body=await request.read())
        self._in_hand[host] = self._in_hand.get(host, 0) + 1
        self.busiest[host] = max(self.busiest.get(host, 0), self._in_hand[host])
        try:
            return await self._answer(request, post)
        finally:
            self._in_hand[host] -= 1

    async def _answer(self, request: web.BaseRequest, post: Post) -> web.StreamResponse:
        script = self.script.get(post.host)
        answer = script.popleft() if script else self.manners.get(post.host, Answer())
        if answer.abort:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        self.received.append(post)
        if answer.until is not None:
            await answer.until.wait()
        return web.Response(status=answer.status, headers=answer.headers)


def _answer(answer: Answer | int) -> Answer:
    return Answer(status=answer) if isinstance(answer, int) else answer


@asynccontextmanager
async def open_peers(authority: trustme.CA) -> AsyncIterator[Peers]:
    peers = Peers()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*HOSTS).configure_cert(context)
    runner = web.ServerRunner(web.Server(peers.receive), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    peers.port = runner.addresses[0][1]
    try:
        yield peers
    finally:
        await runner.cleanup()
