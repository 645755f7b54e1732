"""Avatars and headers, taken in for api-gateway."""

import io

import httpx
import pytest
from pictures import HTML, a_picture, with_exif
from PIL import Image
from studio import Studio

SECRET = {"Authorization": "Bearer internal"}


async def take(client: httpx.AsyncClient, content: bytes, **words: str) -> httpx.Response:
    fields = {"kind": "avatar", "account_id": "7"} | words
    return await client.post(
        "/internal/avatars", files={"file": ("a.png", content, "image/png")}, data=fields, headers=SECRET
    )


@pytest.mark.parametrize(("kind", "size"), [("avatar", (400, 400)), ("header", (1500, 500))])
async def test_a_picture_is_cropped_and_served(client: httpx.AsyncClient, kind: str, size: tuple[int, int]) -> None:
    answer = await take(client, with_exif(), kind=kind)
    assert answer.status_code == 200, answer.text
    served = await client.get(f"/media/{answer.json()['key']}")
    picture = Image.open(io.BytesIO(served.content))
    assert (picture.size, dict(picture.getexif())) == (size, {})
    assert served.headers["Content-Type"] == answer.json()["mime_type"] == "image/jpeg"


@pytest.mark.parametrize("words", [{"kind": "sculpture"}, {"account_id": "x"}])
async def test_a_wrong_request_is_refused(client: httpx.AsyncClient, words: dict[str, str]) -> None:
    assert (await take(client, a_picture(), **words)).status_code == 422


async def test_what_is_no_picture_is_refused(client: httpx.AsyncClient, studio: Studio) -> None:
    assert (await take(client, HTML)).status_code == 422
    assert studio.files() == []


async def test_strangers_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/internal/avatars", headers={"Authorization": "Bearer guess"})
    assert answer.status_code == 403
