"""What a service answers when things go wrong."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from fastapi import APIRouter

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from chassis.http import Json, application

router = APIRouter()

FAILURES: dict[str, Exception] = {
    "notfound": NotFound(),
    "forbidden": Forbidden(),
    "conflict": Conflict("It was changed meanwhile"),
    "invalid": Invalid("Validation failed: Text can't be blank"),
    "unavailable": Unavailable(),
    "unauthenticated": Unauthenticated(),
    "database": asyncpg.TooManyConnectionsError("no more"),
    "bug": ZeroDivisionError("secret detail"),
}


@router.get("/fails/{how}")
async def fails(how: str) -> Json:
    raise FAILURES[how]


@router.get("/things/{number}")
async def thing(number: int, limit: int = 20) -> Json:
    return Json({"number": number, "limit": limit})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = application("test", [router], resources=None)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ours.test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("how", "status", "text"),
    [
        ("notfound", 404, "Record not found"),
        ("forbidden", 403, "You are not allowed to do that"),
        ("conflict", 409, "It was changed meanwhile"),
        ("invalid", 422, "Validation failed: Text can't be blank"),
        ("unavailable", 503, "Something we depend on is away; please try again later"),
        ("unauthenticated", 401, "The access token is invalid"),
        ("database", 503, "Something we depend on is away; please try again later"),
        ("bug", 500, "Something went wrong on our side"),
    ],
)
async def test_each_failure_has_one_answer(client: httpx.AsyncClient, how: str, status: int, text: str) -> None:
    reply = await client.get(f"/fails/{how}")
    assert (reply.status_code, reply.json()) == (status, {"error": text})
    assert ("Retry-After" in reply.headers) is (status == 503)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/things/7", 200), ("/things/seven", 404), ("/things/7?limit=many", 422), ("/nowhere", 404)],
)
async def test_bad_parameters_are_told_from_unknown_records(client: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await client.get(path)).status_code == status


async def test_metrics_count_by_route_and_never_by_path(client: httpx.AsyncClient) -> None:
    await client.get("/things/7")
    text = (await client.get("/metrics")).text
    assert 'route="/things/{number}",status="200"' in text
    assert "/things/7" not in text


async def test_readiness_names_what_is_missing() -> None:
    async def broken() -> bool:
        raise ConnectionRefusedError

    app = application("test", [], None, ready={"database": broken})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ours.test") as client:
        reply = await client.get("/ready")
        assert (reply.status_code, reply.json()) == (503, {"ready": False, "checks": {"database": False}})
        assert (await client.get("/health")).status_code == 200


async def test_a_service_is_ready_when_all_that_it_needs_is_there() -> None:
    async def here() -> bool:
        return True

    async def away() -> bool:
        raise Unavailable

    app = application("test", [], resources=None, ready={"database": here})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ours.test") as client:
        assert (await client.get("/ready")).status_code == 200
        # As `chassis.main` adds what says that the process is about to end.
        app.state.ready["not stopping"] = away
        reply = await client.get("/ready")
    assert (reply.status_code, reply.json()) == (
        503,
        {"ready": False, "checks": {"database": True, "not stopping": False}},
    )


@pytest.mark.parametrize(
    ("given", "is_taken"), [("edge-1@host", True), (None, False), ("two words", False), ("x" * 256, False)]
)
async def test_each_answer_names_its_request(client: httpx.AsyncClient, given: str | None, *, is_taken: bool) -> None:
    answer = await client.get("/things/1", headers={"X-Request-Id": given} if given else {})
    named = answer.headers["x-request-id"]
    assert named == given if is_taken else len(named) == 32
    assert (await client.get("/fails/notfound")).headers["x-request-id"] != named
