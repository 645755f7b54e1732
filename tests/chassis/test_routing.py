"""Routes are found by the first words of a path, and answer as if all had been tried in their order."""

import httpx
import pytest
from fastapi import APIRouter

from chassis.http import Json, application

first, second = APIRouter(prefix="/api/v1/things"), APIRouter()


@first.get("/special")
async def special() -> Json:
    return Json("special")


@first.get("/{number}")
async def thing(number: str) -> Json:
    return Json(f"thing {number}")


@second.get("/{kind}/v1/things/{number}")
async def anything(kind: str, number: str) -> Json:
    return Json(f"{kind} {number}")


@second.post("/api/v1/things/{number}")
async def change(number: str) -> Json:
    return Json(f"changed {number}")


@second.get("/short")
async def short() -> Json:
    return Json("short")


@pytest.mark.parametrize(
    ("method", "path", "status", "answer"),
    [
        ("GET", "/api/v1/things/special", 200, "special"),
        ("GET", "/api/v1/things/5", 200, "thing 5"),
        ("POST", "/api/v1/things/5", 200, "changed 5"),
        ("GET", "/other/v1/things/5", 200, "other 5"),
        ("GET", "/short", 200, "short"),
        ("GET", "/api/v1/things/5/6", 404, {"error": "Record not found"}),
        ("GET", "/api/v1/others", 404, {"error": "Record not found"}),
        ("DELETE", "/short", 405, {"error": "Method Not Allowed"}),
        ("GET", "/health", 200, {"status": "ok"}),
    ],
)
async def test_a_path_finds_its_route(method: str, path: str, status: int, answer: object) -> None:
    app = application("test", [first, second], resources=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ours.test") as client:
        reply = await client.request(method, path)
    assert (reply.status_code, reply.json()) == (status, answer)
