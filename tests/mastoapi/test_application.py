"""What holds for every service that speaks the client API."""

import httpx
import pytest
from fastapi import FastAPI

from mastoapi.application import SlashForgiven


@pytest.mark.parametrize(
    ("path", "status"), [("/api/thing", 200), ("/api/thing/", 200), ("/thing/", 307), ("/api/other/", 404)]
)
async def test_a_slash_at_the_end_makes_no_difference_to_the_api(path: str, status: int) -> None:
    app = FastAPI()

    @app.get("/thing")
    @app.get("/api/thing")
    async def thing() -> str:
        return "here"

    app.add_middleware(SlashForgiven)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://ours.test") as client:
        assert (await client.get(path)).status_code == status
