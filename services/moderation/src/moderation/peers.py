"""What moderation asks of delivery: how other servers fare. Never inside a transaction, always with a deadline."""

import datetime as dt
from typing import Literal, TypeVar
from urllib.parse import quote

import httpx
import msgspec
import structlog
from opentelemetry.propagate import inject

from chassis.errors import NotFound, Unavailable
from moderation.metrics import ASKED
from moderation.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")
SECONDS = 10.0

Act = Literal["retry", "pause", "resume", "drop"]


class NoSuchPeer(NotFound):
    """Nothing was ever delivered to this server"""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A server, as delivery reports it and as staff see it."""

    host: str
    state: str
    paused: bool
    success_ratio: float | None
    held: int
    oldest_held_at: dt.datetime | None
    failures: int
    last_success_at: dt.datetime | None
    last_error: str | None
    last_error_at: dt.datetime | None
    next_visit_at: dt.datetime | None


class Delivery:
    """The delivery service, by internal HTTP."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._hosts = f"{settings.delivery_url.rstrip('/')}/internal/hosts"
        self._headers = {"Authorization": f"Bearer {settings.internal_secret.get_secret_value()}"}

    async def by_name(self, *, unwell: bool, after: str, limit: int) -> list[Peer]:
        params: dict[str, str | int] = {"unwell": str(unwell).lower(), "after": after, "limit": limit}
        return await self._ask("GET", "", list[Peer], params)

    async def furthest_behind(self, *, state: str | None, limit: int) -> list[Peer]:
        params: dict[str, str | int] = {"limit": limit, **({"state": state} if state else {})}
        return await self._ask("GET", "/behind", list[Peer], params)

    async def peer(self, host: str) -> Peer:
        return await self._ask("GET", f"/{quote(host, safe='')}", Peer)

    async def act(self, host: str, act: Act) -> None:
        """Only on a server that is known: a mistyped name shall not be paused."""
        await self.peer(host)
        await self._ask("POST", f"/{quote(host, safe='')}/{act}", msgspec.Raw)

    async def _ask(self, method: str, path: str, kind: type[T], params: dict[str, str | int] | None = None) -> T:
        headers = dict(self._headers)
        inject(headers)
        outcome = "away"
        try:
            answer = await self._client.request(
                method, self._hosts + path, headers=headers, params=params, timeout=SECONDS
            )
            outcome = str(answer.status_code)
        except httpx.HTTPError as error:
            log.warning("delivery is away", error=repr(error))
            raise Unavailable from error
        finally:
            ASKED.labels(outcome).inc()
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NoSuchPeer
        if not answer.is_success:
            raise Unavailable
        return msgspec.json.decode(answer.content, type=kind)
