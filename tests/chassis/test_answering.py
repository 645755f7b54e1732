"""Plain routes answer without FastAPI's general machinery, and as FastAPI would."""

from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Cookie, Depends, Request, Response
from starlette.types import ASGIApp

from chassis.answering import answer_of
from chassis.errors import Forbidden
from chassis.http import Json, application

router = APIRouter(prefix="/api/v1/things")


async def counted(request: Request) -> int:
    """How often it was called for this request."""
    request.state.calls = getattr(request.state, "calls", 0) + 1
    return int(request.state.calls)


async def doubled(number: Annotated[int, Depends(counted)]) -> int:
    return number * 2


async def guarded(request: Request) -> None:
    if "refuse" in request.query_params:
        raise Forbidden


@router.get("/{number}", dependencies=[Depends(guarded)])
async def thing(
    number: int,
    request: Request,
    one: Annotated[int, Depends(counted)],
    two: Annotated[int, Depends(doubled)],
    q: int = 7,
) -> Json:
    return Json([number, one, two, q, request.state.calls])


@router.get("/{number}/crumbs")
async def crumbs(number: int, crumb: Annotated[str, Cookie()] = "none") -> Json:
    return Json([number, crumb])


@router.get("/{number}/loose")
async def loose(number: int) -> dict[str, int]:
    return {"number": number}


@router.get("/{number}/slow")
def slow(number: int) -> Response:
    return Json(number)


def by_fastapi() -> ASGIApp:
    app = application("test", [router], resources=None)
    app.router.middleware_stack = app.router.app
    return app


@pytest.mark.parametrize(
    "path",
    ["5", "5?q=8", "five", "5?q=eight", "five?q=eight", "five?refuse", "5?refuse", "5/crumbs", "5/loose", "5/slow"],
)
async def test_a_plain_route_answers_as_fastapi_would(path: str) -> None:
    replies = []
    for app in (application("test", [router], resources=None), by_fastapi()):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ours.test") as client:
            reply = await client.get(f"/api/v1/things/{path}")
        replies.append((reply.status_code, reply.json()))
    assert replies[0] == replies[1]


async def test_what_two_depend_on_is_called_once() -> None:
    app = application("test", [router], resources=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ours.test") as client:
        reply = await client.get("/api/v1/things/5")
    assert reply.json() == [5, 1, 2, 7, 1]


def test_what_asks_for_more_is_left_to_fastapi() -> None:
    plain = {getattr(route, "path", ""): answer_of(route) is not None for route in router.routes}
    assert plain == {
        "/api/v1/things/{number}": True,
        "/api/v1/things/{number}/crumbs": False,
        "/api/v1/things/{number}/loose": False,
        "/api/v1/things/{number}/slow": False,
    }
