"""Pictures of our own custom emoji, taken in for the command line."""

import datetime as dt
import io

import httpx
import pytest
from pictures import HTML, a_picture, an_animation
from PIL import Image
from studio import Studio

from contracts.ids import EmojiId
from media.store import files
from social.emojis import store

SECRET = {"Authorization": "Bearer internal"}


async def take(client: httpx.AsyncClient, content: bytes, emoji_id: object = 7) -> httpx.Response:
    file = ("e", content, "application/octet-stream")
    return await client.post("/internal/emojis", files={"file": file}, data={"emoji_id": str(emoji_id)}, headers=SECRET)


async def test_a_moving_emoji_is_kept_and_another_one_that_stands_still(client: httpx.AsyncClient) -> None:
    kept = (await take(client, an_animation(3))).json()
    frames = []
    for name in ("key", "static_key"):
        served = await client.get(f"/media/{kept[name]}")
        frames.append(getattr(Image.open(io.BytesIO(served.content)), "n_frames", 1))
    assert frames == [3, 1]


@pytest.mark.parametrize("content", [HTML, b"", a_picture() + b"\0" * 300_000])
async def test_what_is_no_small_picture_is_refused(client: httpx.AsyncClient, studio: Studio, content: bytes) -> None:
    assert (await take(client, content)).status_code == 422
    assert studio.files() == []


async def test_a_picture_is_collected_once_its_emoji_has_another(client: httpx.AsyncClient, studio: Studio) -> None:
    async with studio.gateway.transaction() as tx:
        emoji_id = await store.new_id(tx)
    kept = [(await take(client, a_picture(), emoji_id)).json() for _ in range(2)]
    for one in kept:
        async with studio.gateway.transaction() as tx:
            await store.set_ours(tx, EmojiId(emoji_id), "wave", one["key"], one["static_key"], None)
    async with studio.res.db.transaction() as tx:
        gone = await files.check(tx, age=dt.timedelta(0), limit=100)
    assert sorted(gone) == sorted(kept[0].values())
