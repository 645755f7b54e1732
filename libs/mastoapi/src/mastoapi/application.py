"""The application of a service that speaks the client API."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from fastapi import APIRouter, FastAPI
from redis.asyncio import Redis

from chassis.http import Check, application
from chassis.settings import Settings
from mastoapi.cors import Cors
from mastoapi.limits import Meter, RateLimited
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
    """As chassis.http.application, with rate limits and, outermost, CORS."""
    app = application(name, routers, resources, ready=ready)
    meter = Meter(resources.redis, resources.settings.rate_limit_factor)
    app.add_middleware(RateLimited, tokens=resources.tokens, meter=meter)
    app.add_middleware(Cors)
    return app
