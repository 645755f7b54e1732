"""The application of a service that speaks the client API."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from fastapi import APIRouter, FastAPI
from redis.asyncio import Redis
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.http import Check, application
from chassis.settings import Settings
from mastoapi.cors import Cors
from mastoapi.limits import Meter, RateLimited
from mastoapi.membership import MembersOnly
from mastoapi.tokens import Tokens


class ClientResources(Protocol):
    """What such a service has open, besides what every service has."""

    @property
    def settings(self) -> Settings: ...
    @property
    def redis(self) -> Redis: ...
    @property
    def tokens(self) -> Tokens: ...


def client_application(
    name: str,
    routers: Sequence[APIRouter],
    resources: ClientResources,
    *,
    ready: Mapping[str, Check] | None = None,
) -> FastAPI:
    """As chassis.http.application, with rate limits, CORS and, outermost, forgiven slashes."""
    app = application(name, routers, resources, ready=ready)
    meter = Meter(resources.redis, resources.settings.rate_limit_factor)
    app.add_middleware(RateLimited, tokens=resources.tokens, meter=meter)
    if resources.settings.limited_federation:
        app.add_middleware(MembersOnly, tokens=resources.tokens)
    app.add_middleware(Cors)
    app.add_middleware(SlashForgiven)
    return app


class SlashForgiven:
    """ASGI middleware: `/api/v1/instance/` is `/api/v1/instance`, as in Rails. Mastodon.py asks so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/api/") and path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/"), "raw_path": (scope.get("raw_path") or b"").rstrip(b"/")}
        await self._app(scope, receive, send)
