"""The HTTP side of a service: one application factory, one mapping from problems to responses."""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from chassis import routing
from chassis.db import AWAY, GONE
from chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from chassis.observe import Observed

log = structlog.get_logger()

STATUS_OF: dict[type[Problem], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
    Unauthenticated: 401,
}

Check = Callable[[], Awaitable[bool]]


class Json(Response):
    """A msgspec value, encoded."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return msgspec.json.encode(content)


def status_of(problem: Problem) -> int:
    return next((code for kind, code in STATUS_OF.items() if isinstance(problem, kind)), 500)


def _refusal(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Json({"error": text}, status, headers=dict(headers) if headers else None)


async def _explain(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    status = status_of(problem)
    headers = {"Retry-After": "5"} if status == 503 else None
    if problem.details is not None:
        return Json({"error": problem.explanation, "details": problem.details}, status, headers=headers)
    return _refusal(problem.explanation, status, headers)


async def _explain_passing(request: Request, error: Exception) -> Response:
    log.warning("a dependency is away", path=request.url.path, error=repr(error))
    return _refusal(Unavailable().explanation, 503, {"Retry-After": "5"})


async def _explain_gone(request: Request, error: Exception) -> Response:
    log.info("deleted meanwhile", path=request.url.path, error=repr(error))
    return _refusal(NotFound().explanation, 404)


async def _explain_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = "Record not found" if error.status_code == 404 else str(error.detail)
    return _refusal(text, error.status_code, error.headers)


async def _explain_parameters(_: Request, error: Exception) -> Response:
    """Mastodon's pattern for what a client got wrong."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    # An id that is no number names nothing.
    if first["loc"][0] == "path":
        return _refusal("Record not found", 404)
    return _refusal(f"Validation failed: {where} {first['msg']}".strip(), 422)


async def _explain_unexpected(request: Request, error: Exception) -> Response:
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    return _refusal("Something went wrong on our side", 500)


class _Application(FastAPI):
    """FastAPI without the layers that have nothing to do here: no telemetry of its own, no limit for all bodies."""

    def build_middleware_stack(self) -> ASGIApp:
        handlers = dict(self.exception_handlers)
        unexpected = handlers.pop(Exception)
        stack: ASGIApp = ExceptionMiddleware(AsyncExitStackMiddleware(self.router), handlers=handlers)
        for layer, args, kwargs in reversed(self.user_middleware):
            stack = layer(stack, *args, **kwargs)
        return ServerErrorMiddleware(stack, handler=unexpected)


def application(
    name: str,
    routers: Sequence[APIRouter],
    resources: object,
    *,
    ready: Mapping[str, Check] | None = None,
) -> FastAPI:
    """A service's application. `ready` names what it cannot work without."""
    app = _Application(
        title=f"Murmuration {name}",
        docs_url=None,
        redoc_url=None,
        openapi_url="/internal/openapi.json",
        # `Observed` sees to it; FastAPI's own would be a second trace of each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.resources = resources
    app.state.ready = dict(ready or {})
    app.add_middleware(Observed)
    app.add_exception_handler(Problem, _explain)
    app.add_exception_handler(HTTPException, _explain_http)
    app.add_exception_handler(RequestValidationError, _explain_parameters)
    for kind in AWAY[1:]:
        app.add_exception_handler(kind, _explain_passing)
    app.add_exception_handler(GONE, _explain_gone)
    app.add_exception_handler(Exception, _explain_unexpected)
    routing.install(app, [sight, *routers])
    return app


sight = APIRouter(include_in_schema=False)


@sight.get("/health")
async def health() -> Response:
    """Say that the process lives."""
    return Json({"status": "ok"})


@sight.get("/ready")
async def readiness(request: Request) -> Response:
    """Say whether it can work."""
    checks: dict[str, Check] = request.app.state.ready
    states = {name: await _holds(check) for name, check in checks.items()}
    return Json({"ready": all(states.values()), "checks": states}, 200 if all(states.values()) else 503)


@sight.get("/metrics")
async def metrics(request: Request) -> Response:
    """For Prometheus, in the format that it asks for: one of them has exemplars."""
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), headers={"Content-Type": media_type})


async def _holds(check: Check) -> bool:
    try:
        return await check()
    except AWAY:
        return False


def require_internal(request: Request) -> None:
    """A dependency for `/internal/*` routes: only our own services know the secret."""
    secret: Any = request.app.state.resources.settings.internal_secret
    given = request.headers.get("Authorization", "")
    if not secret.get_secret_value() or not hmac.compare_digest(
        given.encode(), f"Bearer {secret.get_secret_value()}".encode()
    ):
        raise Forbidden
