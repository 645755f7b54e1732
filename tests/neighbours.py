"""Other servers: real TLS on loopback, with people who have real keys and sign what they send."""

import datetime as dt
import itertools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson
import trustme
from aiohttp import web

from apcore import keys
from apcore.context import CONTEXT, PUBLIC
from apcore.signatures import cavage

ACTIVITY = "application/activity+json"
HOSTS = ("far.localhost", "good.localhost", "evil.localhost", "away.localhost")
# Making a key takes a moment, so a few are made and shared: what matters is who has which.
KEYS = [keys.generate() for _ in range(4)]

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_numbers = itertools.count(1)


class Person(msgspec.Struct, kw_only=True):
    """Somebody elsewhere."""

    neighbours: "Neighbours"
    username: str
    host: str
    pair: keys.KeyPair
    profile: dict[str, Any] = {}

    @property
    def uri(self) -> str:
        return f"https://{self.host}/users/{self.username}"

    @property
    def key_id(self) -> str:
        return f"{self.uri}#main-key"

    @property
    def handle(self) -> str:
        return f"{self.username}@{self.host}"

    @property
    def followers(self) -> str:
        return f"{self.uri}/followers"

    def document(self) -> dict[str, Any]:
        return {
            "@context": list(CONTEXT),
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.username,
            "name": self.username.title(),
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": self.followers,
            "following": f"{self.uri}/following",
            "url": f"https://{self.host}/@{self.username}",
            "endpoints": {"sharedInbox": f"https://{self.host}/inbox"},
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": self.pair.public_pem},
            **self.profile,
        }

    def publish(self) -> "Person":
        """Serve the actor, as it is now, and its WebFinger answer."""
        self.neighbours.serves(self.uri, self.document())
        self.neighbours.fingers[self.handle] = self.uri
        return self

    def does(self, kind: str, what: object, **more: object) -> dict[str, Any]:
        """An activity of this person's."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.uri}/activities/{next(_numbers)}",
            "type": kind,
            "actor": self.uri,
            "object": what,
            **more,
        }

    def note(self, content: str = "<p>Hello</p>", **more: object) -> dict[str, Any]:
        """A public post, which the server also serves."""
        uri = f"https://{self.host}/notes/{next(_numbers)}"
        document = {
            "@context": list(CONTEXT),
            "id": uri,
            "type": "Note",
            "attributedTo": self.uri,
            "content": content,
            "to": [PUBLIC],
            "cc": [self.followers],
            "published": "2026-06-01T12:00:00Z",
            **more,
        }
        self.neighbours.serves(str(document["id"]), document)
        return document

    def creates(self, note: dict[str, Any]) -> dict[str, Any]:
        return self.does("Create", note, to=note["to"], cc=note["cc"])

    def signed(
        self,
        url: str,
        body: bytes | None,
        *,
        key_id: str | None = None,
        now: dt.datetime | None = None,
        method: str = "POST",
        covered: dict[str, str] | None = None,
        uncovered: bool = False,
    ) -> dict[str, str]:
        """The headers of a request to the URL in this person's name; with `uncovered` further ones go unsigned."""
        unsigned = (covered or {}) if uncovered else {}
        return unsigned | cavage.sign(
            keys.load_private(self.pair.private_pem),
            key_id or self.key_id,
            method=method,
            url=url,
            now=now or dt.datetime.now(dt.UTC),
            body=body,
            content_type=ACTIVITY if body is not None else None,
            covered=None if uncovered else covered,
        )


class Served(msgspec.Struct, frozen=True):
    """An answer byte for byte, under whatever content type."""

    body: bytes
    media_type: str = ACTIVITY


class Neighbours:
    """All other servers there are: one listener, told apart by the name they are asked for."""

    def __init__(self) -> None:
        self.port = 0
        self.headers: dict[str, dict[str, str]] = {}
        """With what each address was last asked for."""
        self.handlers: dict[str, Handler] = {}
        self.documents: dict[str, dict[str, Any] | int | str | Served] = {}
        self.fingers: dict[str, str] = {}
        self.descriptions: dict[str, bytes] = {}
        """What WebFinger answers about a handle, where it is not the usual."""
        self.asked: list[str] = []
        self.asked_signed: list[bool] = []
        self.tokens: dict[str, str] = {}
        self.tokens_shown: list[str] = []

    def person(self, username: str, host: str = "far.localhost", *, key: int = 0, **profile: object) -> Person:
        full = f"{host}:{self.port}"
        return Person(neighbours=self, username=username, host=full, pair=KEYS[key], profile=profile).publish()

    def serves(self, url: str, document: dict[str, Any] | Served) -> None:
        self.documents[_key(url)] = document

    def locks(self, url: str, token: str) -> None:
        """Show it to those alone who bring the token."""
        self.tokens[_key(url)] = token

    def handles(self, url: str, handler: Handler) -> None:
        """Answer in ways of the test's own: slowly, endlessly, or with something else than a document."""
        self.handlers[_key(url)] = handler

    def fails(self, url: str, status: int) -> None:
        self.documents[_key(url)] = status

    def redirects(self, url: str, to: str) -> None:
        self.documents[_key(url)] = to

    def knows(self, url: str) -> bool:
        return _key(url) in self.documents

    def times_asked(self, url: str) -> int:
        return self.asked.count(_key(url))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:  # noqa: PLR0911  # one line a kind
        name = f"{request.host}{request.path_qs}"
        self.asked.append(name)
        self.asked_signed.append("Signature" in request.headers)
        self.headers[name] = dict(request.headers)
        if (handler := self.handlers.get(name)) is not None:
            return await handler(request)
        if request.path == "/.well-known/webfinger":
            return self._finger(request.query["resource"])
        found = self.documents.get(name) if self._opens(name, request) else None
        match found:
            case None:
                return web.Response(status=404)
            case int():
                return web.Response(status=found)
            case str():
                return web.Response(status=302, headers={"Location": found})
            case Served():
                return web.Response(body=found.body, headers={"Content-Type": found.media_type})
            case _:
                return web.Response(body=orjson.dumps(found), headers={"Content-Type": ACTIVITY})

    def _opens(self, name: str, request: web.BaseRequest) -> bool:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.tokens_shown += [f"{name} {shown}"] if shown else []
        return self.tokens.get(name, shown) == shown

    def _finger(self, resource: str) -> web.Response:
        handle = resource.removeprefix("acct:")
        if handle in self.descriptions:
            return web.Response(body=self.descriptions[handle], content_type="application/jrd+json")
        actor = self.fingers.get(handle)
        if actor is None:
            return web.Response(status=404)
        links = [{"rel": "self", "type": ACTIVITY, "href": actor}]
        return web.json_response({"subject": f"acct:{handle}", "links": links})


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


@asynccontextmanager
async def open_neighbours(authority: trustme.CA, hosts: Sequence[str] = HOSTS) -> AsyncIterator[Neighbours]:
    neighbours = Neighbours()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*hosts).configure_cert(context)
    runner = web.ServerRunner(web.Server(neighbours.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    neighbours.port = runner.addresses[0][1]
    try:
        yield neighbours
    finally:
        await runner.cleanup()
