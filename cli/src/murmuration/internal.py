"""Asking our own services, as they ask each other."""

import datetime as dt
from typing import Any, TypeVar

import httpx
import msgspec

from chassis.errors import Unavailable
from chassis.settings import Settings
from murmuration.console import Refused

T = TypeVar("T")
SECONDS = 15.0


class ServiceAway(Unavailable):
    """A service does not answer: is it running?"""


async def ask(settings: Settings, method: str, url: str, *, seconds: float = SECONDS, **params: Any) -> httpx.Response:
    """Ask with the services' own secret; 404 is an answer as any other."""
    headers = {"Authorization": f"Bearer {settings.internal_secret.get_secret_value()}"}
    try:
        async with httpx.AsyncClient(timeout=seconds) as client:
            answer = await client.request(method, url, headers=headers, params=params)
    except httpx.HTTPError as problem:
        raise ServiceAway(f"Nobody answers at {url}: is that service running?") from problem
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Refused("The service does not accept MURMURATION_INTERNAL_SECRET")
    if answer.is_server_error:
        raise ServiceAway(f"{url} answers {answer.status_code}: its log says why")
    return answer


async def delivery(settings: Settings, method: str, path: str, kind: type[T], **params: Any) -> T | None:
    """What delivery says; None where it knows of no such thing."""
    answer = await ask(settings, method, f"{settings.delivery_url.rstrip('/')}/internal/{path}", **params)
    return msgspec.json.decode(answer.content, type=kind) if answer.is_success else None


class Ready(msgspec.Struct, frozen=True):
    """What a service says of itself."""

    ready: bool
    checks: dict[str, bool]


class Lane(msgspec.Struct, frozen=True):
    """What is held for all hosts that fare alike."""

    lane: str
    held: int
    oldest_held_at: dt.datetime


class Totals(msgspec.Struct, frozen=True):
    lanes: list[Lane]
    hosts: dict[str, int]


async def readiness(url: str) -> Ready:
    """An answer of 503 says what is missing."""
    address = f"{url.rstrip('/')}/ready"
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.get(address)
    except httpx.HTTPError as problem:
        raise ServiceAway(f"nobody answers at {url}") from problem
    return msgspec.json.decode(answer.content, type=Ready)


async def totals(settings: Settings) -> Totals:
    found = await delivery(settings, "GET", "hosts/totals", Totals)
    return found or Totals([], {})
