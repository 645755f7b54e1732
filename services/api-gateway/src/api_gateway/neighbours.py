"""What api-gateway asks of the other services: never inside a transaction, always with a deadline."""

import time
from contextlib import suppress
from typing import Any, Literal

import httpx
import msgspec
import structlog
from opentelemetry.propagate import inject
from prometheus_client import Counter, Histogram

from api_gateway.settings import Settings
from chassis.errors import Unavailable
from contracts.ids import AccountId, PollId
from mastoapi.params import Upload
from social.errors import ValidationFailed

log = structlog.get_logger()

ASKED = Counter("murmuration_internal_requests_total", "Requests to other services", ["what", "outcome"])
SECONDS = Histogram(
    "murmuration_internal_request_seconds",
    "Time until another service answered",
    ["what"],
    buckets=(0.01, 0.05, 0.25, 1, 2.5, 5, 10),
)

RESOLVE_SECONDS = 8.0
PICTURE_SECONDS = 60.0
POLL_SECONDS = 2.0


class Resolved(msgspec.Struct, frozen=True):
    """What a handle or an address stands for: by now it is in the database."""

    kind: Literal["account", "status"]
    id: str


class _Kept(msgspec.Struct, frozen=True):
    key: str


class Neighbours:
    """The inbox and media services, by internal HTTP."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._inbox = settings.inbox_url.rstrip("/")
        self._media = settings.media_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {settings.internal_secret.get_secret_value()}"}

    async def resolve(self, resource: str, *, seconds: float = RESOLVE_SECONDS) -> Resolved | None:
        """Let inbox find and store what a handle or URL names. None too when inbox is away: searching goes on."""
        try:
            answer = await self._post(
                "resolve", f"{self._inbox}/internal/resolve", seconds, json={"resource": resource}
            )
            return msgspec.json.decode(answer.content, type=Resolved) if answer.is_success else None
        except (Unavailable, msgspec.DecodeError):
            return None

    async def refresh_poll(self, poll_id: PollId) -> None:
        """Let inbox ask a poll's own server for its numbers. When that takes long, those we have will do."""
        with suppress(Unavailable):
            await self._post("poll", f"{self._inbox}/internal/polls", POLL_SECONDS, json={"poll_id": poll_id})

    async def keep_picture(self, account_id: AccountId, kind: Literal["avatar", "header"], file: Upload) -> str:
        """Let media crop and store the picture; the key of the file."""
        answer = await self._post(
            "picture",
            f"{self._media}/internal/avatars",
            PICTURE_SECONDS,
            data={"account_id": str(account_id), "kind": kind},
            files={"file": (file.filename or kind, file.content, file.content_type or "application/octet-stream")},
        )
        if answer.status_code in (413, 422):
            raise ValidationFailed(_reason(answer))
        if not answer.is_success:
            raise Unavailable
        return msgspec.json.decode(answer.content, type=_Kept).key

    async def _post(self, what: str, url: str, seconds: float, **body: Any) -> httpx.Response:
        headers = dict(self._headers)
        inject(headers)
        started, outcome = time.perf_counter(), "away"
        try:
            answer = await self._client.post(url, headers=headers, timeout=seconds, **body)
            outcome = str(answer.status_code)
        except httpx.HTTPError as error:
            log.warning("a neighbour is away", what=what, error=repr(error))
            raise Unavailable from error
        finally:
            ASKED.labels(what, outcome).inc()
            SECONDS.labels(what).observe(time.perf_counter() - started)
        return answer


def _reason(answer: httpx.Response) -> str:
    """What the other service said, without the head that ours puts before it again."""
    try:
        text = msgspec.json.decode(answer.content, type=dict[str, str]).get("error", "")
    except msgspec.DecodeError:
        text = ""
    return text.removeprefix("Validation failed: ") or "The picture could not be processed"
