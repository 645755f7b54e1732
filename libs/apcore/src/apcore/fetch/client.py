"""The guarded client itself: redirects, identity of documents, one fetch for many who ask."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from yarl import URL

from apcore import addresses, jsonld
from apcore.fetch import exchange
from apcore.fetch.budget import Budget
from apcore.fetch.coalesce import Coalescer
from apcore.fetch.guard import open_connector
from apcore.fetch.identity import identity_of, if_same_host, is_same
from apcore.fetch.metrics import measured
from apcore.fetch.model import (
    Body,
    Document,
    FetchFailed,
    FetchRefused,
    FetchSettings,
    Response,
    Signer,
)
from apcore.fetch.revalidation import Revalidation
from apcore.fetch.standing import Standing
from apcore.jsonld import Json, Malformed
from apcore.signatures import styles
from apcore.signatures.styles import UNBELIEVED, Style, Styles

MAX_REDIRECTS: Final = 3
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED: Final = 304
EXCERPT_BYTES: Final = 2048
REMEMBERED_STYLES: Final = 4096
DOCUMENT_ACCEPT: Final = (
    'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
)
T = TypeVar("T")


class Fetcher:
    """Talks to foreign hosts. Open it with `async with`; one for a process is enough."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        resolver: AbstractResolver | None = None,
        is_shunned: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`is_shunned` says of a host that nothing is asked of it, wherever a redirect or an id may lead."""
        self._settings = settings
        self._resolver = resolver
        self._is_shunned = is_shunned
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        """By whether connections stay open afterwards."""
        self._trace = TraceContextTextMapPropagator()
        self._coalescer = Coalescer(settings)
        self._styles = Styles(REMEMBERED_STYLES)
        self._budget = Budget(settings.per_host_per_minute, settings.remembered)
        self._standing = Standing(settings.standing_peers)
        self._revalidation = Revalidation(settings.revalidated, settings.revalidated_bytes)

    async def __aenter__(self) -> Self:
        self._sessions = {stays: self._open_session(connections_stay=stays) for stays in (True, False)}
        return self

    def _open_session(self, *, connections_stay: bool) -> aiohttp.ClientSession:
        settings = self._settings
        return aiohttp.ClientSession(
            connector=open_connector(
                settings.private_networks,
                settings.ca_file,
                settings.per_host,
                self._resolver,
                connections_stay=connections_stay,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=settings.deadline_seconds,
                sock_connect=settings.connect_seconds,
                sock_read=settings.read_seconds,
            ),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip"},
            auto_decompress=False,
            trust_env=False,
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._coalescer.close()
        for session in self._sessions.values():
            await session.close()

    async def get_document(
        self,
        url: str,
        *,
        sign_with: Signer | None = None,
        exact: bool = False,
        any_id: bool = False,
        seconds: float | None = None,
    ) -> Document:
        """The ActivityPub document at the URL, whose `id` is where it was served.

        One that calls itself something else is fetched once more, from there; with `exact` (keys,
        known actors) it is refused instead, redirects to another address included. With `any_id`
        (pages of collections) it may have no `id`, only none on another host.
        """
        who = (sign_with.key_id, sign_with.bearer) if sign_with else None
        name = f"{who} {exact} {any_id} {url}"

        async def ask() -> Document:
            return await self._document(url, sign_with, exact=exact, any_id=any_id)

        return await self._shared(name, ask, seconds)

    async def get_json(
        self,
        url: str,
        *,
        accept: str = "application/json",
        limit: int = 262_144,
        seconds: float | None = None,
    ) -> Json:
        """The JSON object at the URL, whatever its content type: WebFinger, NodeInfo."""

        async def ask() -> Json:
            body = await self._get(url, accept, limit, None)
            return _parsed(body.content)

        return await self._shared(f"json {accept} {url}", ask, seconds)

    async def get_bytes(self, url: str, *, accept: str = "*/*", limit: int, seconds: float | None = None) -> Body:
        """The bytes at the URL: media, pages, host-meta. The caller checks the media type."""

        async def ask() -> Body:
            return await self._get(url, accept, limit, None)

        return await self._shared(f"bytes {accept} {limit} {url}", ask, seconds)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Deliver the body. Every answer of the peer is returned, redirects too: none is followed."""
        with measured("POST"):
            address = self._checked(url)
            with exchange.named_failures():
                async with (
                    asyncio.timeout(self._settings.deadline_seconds),
                    self._send("POST", address, headers, body) as response,
                ):
                    return Response(
                        status=response.status,
                        headers={name.lower(): value for name, value in response.headers.items()},
                        excerpt=await exchange.read_excerpt(response, EXCERPT_BYTES),
                    )

    async def ask(self, url: str, body: bytes, headers: Mapping[str, str], *, limit: int) -> bytes:
        """Post a question to an interface and return its answer; any status but 200 is a failure."""
        with measured("POST"):
            address = self._checked(url)
            with exchange.named_failures():
                async with (
                    asyncio.timeout(self._settings.deadline_seconds),
                    self._send("POST", address, headers, body) as response,
                ):
                    exchange.check_status(response)
                    return await exchange.read_body(response, limit)

    async def _shared(self, name: str, ask: Callable[[], Awaitable[T]], seconds: float | None) -> T:
        async def counted() -> T:
            with measured("GET"), exchange.named_failures():
                async with asyncio.timeout(self._settings.deadline_seconds):
                    return await ask()

        try:
            async with asyncio.timeout(seconds):
                return await self._coalescer.run(name, counted)
        except TimeoutError as error:
            raise FetchFailed("timeout") from error

    async def _document(self, url: str, signer: Signer | None, *, exact: bool, any_id: bool) -> Document:
        found = await self._get_activity(url, signer)
        claimed = identity_of(found.document)
        if any_id and (claimed is None or jsonld.same_host(claimed, found.url)):
            return found
        if claimed is None:
            raise FetchRefused("no id")
        if exact:
            if is_same(claimed, url):
                return if_same_host(found, url)
            raise FetchRefused("id mismatch")
        if is_same(claimed, found.url):
            return found
        again = await self._get_activity(claimed, signer)
        if not is_same(identity_of(again.document), claimed):
            raise FetchRefused("id mismatch")
        return if_same_host(again, claimed)

    async def _get_activity(self, url: str, signer: Signer | None) -> Document:
        body = await self._get(url, DOCUMENT_ACCEPT, self._settings.document_bytes, signer, activity=True)
        return Document(url=body.url, document=_parsed(body.content))

    async def _get(self, url: str, accept: str, limit: int, signer: Signer | None, *, activity: bool = False) -> Body:
        address = self._checked(url)
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._hop(address, accept, limit, signer, activity=activity)
            if isinstance(found, Body):
                return found
            address = found
        raise FetchRefused("too many redirects")

    async def _hop(self, address: URL, accept: str, limit: int, signer: Signer | None, *, activity: bool) -> Body | URL:
        """The answer, or where it is said to be. What a host does not believe is asked again in the other style."""
        host = jsonld.host_of(str(address))
        name = f"{signer.key_id if signer else ''} {address}"
        style = self._styles.of(host)
        refusal: int | None = None
        while True:
            self._budget.spend(host)
            # Every hop is signed anew for its own host, so that no signature is passed on.
            conditions = self._revalidation.conditions(name) if activity else {}
            headers = {"Accept": accept} | conditions | _signed(signer, address, style)
            async with self._send("GET", address, headers, None) as response:
                if refusal is None and signer is not None and response.status in UNBELIEVED:
                    refusal, style = response.status, style.other
                    continue
                if response.status in REDIRECTS:
                    return self._redirected(address, response.headers.get("Location"))
                if response.status == NOT_MODIFIED and (unchanged := self._revalidation.unchanged(name)):
                    self._styles.learn(host, style)
                    return unchanged
                exchange.check_status(response, refusal if response.status in UNBELIEVED else None)
                self._styles.learn(host, style)
                media_type = response.headers.get("Content-Type", "")
                if activity and not exchange.is_activity_type(media_type):
                    raise FetchRefused("content type")
                content = await exchange.read_body(response, limit)
                body = Body(url=str(address), media_type=media_type, content=content)
                if activity:
                    self._revalidation.keep(name, body, response.headers)
                return body

    def _checked(self, url: str) -> URL:
        address = addresses.parse_url(url)
        if address is None:
            raise FetchRefused("url")
        if reason := addresses.why_refused(address, self._settings.private_networks):
            raise FetchRefused(reason)
        if self._is_shunned(jsonld.host_of(str(address))):
            raise FetchRefused("policy")
        return address

    def _redirected(self, address: URL, location: str | None) -> URL:
        written = addresses.parse_url(str(address.join(URL(location)))) if location else None
        if written is None:
            raise FetchRefused("redirect")
        if address.scheme == "https" and written.scheme != "https":
            raise FetchRefused("redirect")
        return self._checked(str(written))

    @asynccontextmanager
    async def _send(
        self, method: str, address: URL, headers: Mapping[str, str], body: bytes | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if not self._sessions:
            raise RuntimeError("the fetcher is not open")
        carried = dict(headers)
        self._trace.inject(carried)
        session = self._sessions[self._standing.keeps(address.authority)]
        async with session.request(method, address, headers=carried, data=body, allow_redirects=False) as response:
            yield response


def _parsed(content: bytes) -> Json:
    try:
        return jsonld.parse(content)
    except Malformed as error:
        raise FetchRefused("malformed") from error


def _signed(signer: Signer | None, address: URL, style: Style) -> dict[str, str]:
    if signer is None:
        return {}
    now = datetime.now(UTC)
    headers = styles.sign(style, signer.key, signer.key_id, method="GET", url=str(address), now=now)
    if signer.bearer is not None and signer.bearer[0] == jsonld.host_of(str(address)):
        headers["Authorization"] = f"Bearer {signer.bearer[1]}"
    return headers
