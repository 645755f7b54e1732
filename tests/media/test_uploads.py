"""Uploading: taken at once or later, described, deleted, refused."""

import asyncio
import io
import os
from typing import Any

import httpx
import pytest
from pictures import NOT_PICTURES, a_bomb, a_heic, a_picture, a_polyglot, an_animation, encoded, with_exif
from PIL import Image
from studio import Studio

from contracts.ids import MediaId
from media.storage import Disk

SMALL = a_picture()
LARGE = encoded(Image.effect_noise((3000, 2000), 60).convert("RGB"), "JPEG", quality=80)


async def upload(client: httpx.AsyncClient, content: bytes, *, version: int = 2, **words: Any) -> httpx.Response:
    thumbnail = words.pop("thumbnail", None)
    files = {"file": ("holiday.jpg", content, "image/jpeg")}
    if thumbnail is not None:
        files["thumbnail"] = ("small.png", thumbnail, "image/png")
    return await client.post(f"/api/v{version}/media", files=files, data=words)


async def test_a_small_picture_is_ready_at_once(alice: httpx.AsyncClient, studio: Studio) -> None:
    answer = await upload(alice, SMALL, description="A flag", focus="0.5,-0.25")
    entity = answer.json()
    assert (answer.status_code, entity["type"], entity["description"]) == (200, "image", "A flag")
    assert entity["meta"]["original"] == {"width": 640, "height": 480, "size": "640x480", "aspect": 640 / 480}
    assert entity["meta"]["small"]["size"] == "554x416"
    assert entity["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert len(entity["blurhash"]) > 20
    assert await studio.told() == ["media.processed"]


async def test_its_files_are_served(alice: httpx.AsyncClient) -> None:
    entity = (await upload(alice, with_exif(orientation=6))).json()
    original = await alice.get(entity["url"])
    assert original.headers["Content-Type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(original.content))
    assert (picture.size, dict(picture.getexif())) == ((480, 640), {})
    assert (await alice.get(entity["preview_url"])).status_code == 200


async def test_a_large_picture_is_processed_later(alice: httpx.AsyncClient, studio: Studio) -> None:
    answer = await upload(alice, LARGE)
    entity = answer.json()
    assert (answer.status_code, entity["url"], entity["preview_url"]) == (202, None, None)
    assert (await alice.get(f"/api/v1/media/{entity['id']}")).status_code == 206
    await studio.work()
    ready = await alice.get(f"/api/v1/media/{entity['id']}")
    assert (ready.status_code, ready.json()["meta"]["original"]["width"]) == (200, 3000)
    # The raw bytes, with whatever they told, are gone.
    assert [name.split("/")[0] for name in studio.files()] == ["attachments", "attachments"]
    assert await studio.told() == ["media.processed"]


async def test_processing_twice_is_processing_once(alice: httpx.AsyncClient, studio: Studio) -> None:
    await upload(alice, LARGE)
    async with studio.res.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO media.outbox (event_id, exchange, topic, body) "
            "SELECT gen_random_uuid(), exchange, topic, body FROM media.outbox WHERE exchange = 'jobs'"
        )
    await studio.work()
    assert await studio.told() == ["media.processed"]


async def test_words_set_while_it_is_processed_stay(alice: httpx.AsyncClient, studio: Studio) -> None:
    entity = (await upload(alice, LARGE)).json()
    changed = await alice.put(f"/api/v1/media/{entity['id']}", json={"description": "Noise", "focus": "1,1"})
    assert changed.status_code == 206
    await studio.work()
    ready = (await alice.get(f"/api/v1/media/{entity['id']}")).json()
    assert (ready["description"], ready["meta"]["focus"]) == ("Noise", {"x": 1, "y": 1})
    assert ready["meta"]["original"]["width"] == 3000


async def test_the_old_endpoint_waits(alice: httpx.AsyncClient) -> None:
    answer = await upload(alice, LARGE, version=1)
    assert answer.status_code == 200
    assert answer.json()["url"].endswith(".jpg")


@pytest.mark.parametrize("content", [a_heic(), an_animation(), a_polyglot()], ids=["heic", "animation", "polyglot"])
async def test_other_kinds_are_taken_too(alice: httpx.AsyncClient, content: bytes) -> None:
    entity = (await upload(alice, content)).json()
    served = await alice.get(entity["url"])
    assert served.headers["Content-Type"] in ("image/jpeg", "image/gif", "image/png")
    assert b"<script>" not in served.content


async def test_a_thumbnail_of_ones_own_is_kept(alice: httpx.AsyncClient) -> None:
    entity = (await upload(alice, SMALL, thumbnail=a_picture(50, 50, kind="PNG"))).json()
    thumbnail = await alice.get(entity["preview_url"])
    assert Image.open(io.BytesIO(thumbnail.content)).size == (50, 50)


@pytest.mark.parametrize("content", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
async def test_what_is_no_picture_is_refused(alice: httpx.AsyncClient, studio: Studio, content: bytes) -> None:
    answer = await upload(alice, content)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Validation failed: File")
    assert studio.files() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (a_bomb(), {}),
        (SMALL[: len(SMALL) // 2], {}),
        (b"\xff\xd8\xff" + os.urandom(500), {}),
        (SMALL + bytes(17 * 1024 * 1024), {}),
        (SMALL, {"focus": "left"}),
        (SMALL, {"focus": "2,0"}),
        (SMALL, {"description": "x" * 10_001}),
        (SMALL, {"thumbnail": b"no picture"}),
    ],
    ids=["bomb", "truncated", "garbage", "large", "focus", "far focus", "description", "thumbnail"],
)
async def test_bad_uploads_are_refused_and_leave_nothing(
    alice: httpx.AsyncClient, studio: Studio, content: bytes, words: dict[str, Any]
) -> None:
    answer = await upload(alice, content, **words)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Validation failed: ")
    assert await studio.res.db.fetchval("SELECT count(*) FROM social.media_attachments") == 0
    assert studio.files() == []


async def test_an_upload_without_a_file_is_refused(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/api/v2/media", data={"description": "Nothing"})
    assert (answer.status_code, answer.json()) == (422, {"error": "Validation failed: File can't be blank"})


async def test_a_body_without_end_is_cut_off(alice: httpx.AsyncClient) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        while True:
            sent += 1024 * 1024
            yield bytes(1024 * 1024)
            await asyncio.sleep(0)

    answer = await alice.post(
        "/api/v2/media", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413
    assert sent < 40 * 1024 * 1024


async def test_without_storage_nothing_is_left_behind(alice: httpx.AsyncClient, studio: Studio) -> None:
    assert isinstance(studio.res.storage, Disk)
    studio.res.settings.media_root.write_text("a file where the folder should be")
    answer = await upload(alice, SMALL)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert await studio.res.db.fetchval("SELECT count(*) FROM social.media_attachments") == 0
    assert await studio.told() == []


async def test_a_picture_that_cannot_be_read_after_all_has_failed(alice: httpx.AsyncClient, studio: Studio) -> None:
    # Its head and size are right, so it is taken; its middle is missing.
    broken = LARGE[: len(LARGE) // 2]
    entity = (await upload(alice, broken)).json()
    await studio.work()
    answer = await alice.get(f"/api/v1/media/{entity['id']}")
    assert (answer.status_code, answer.json()["error"]) == (422, "Error processing thumbnail for uploaded media")
    assert studio.files() == []


async def test_changing_the_words(alice: httpx.AsyncClient) -> None:
    entity = (await upload(alice, SMALL, description="A flag")).json()
    changed = await alice.put(f"/api/v1/media/{entity['id']}", data={"focus": "0,1"})
    assert (changed.json()["description"], changed.json()["meta"]["focus"]) == ("A flag", {"x": 0, "y": 1})
    assert changed.json()["meta"]["original"] == entity["meta"]["original"]
    cleared = await alice.put(f"/api/v1/media/{entity['id']}", data={"description": ""})
    assert cleared.json()["description"] == ""


async def test_deleting_removes_the_files(alice: httpx.AsyncClient, studio: Studio) -> None:
    entity = (await upload(alice, SMALL)).json()
    assert (await alice.delete(f"/api/v1/media/{entity['id']}")).json() == {}
    await studio.work()
    assert studio.files() == []
    assert (await alice.get(f"/api/v1/media/{entity['id']}")).status_code == 404


async def test_what_is_posted_stays_as_it_is(alice: httpx.AsyncClient, studio: Studio) -> None:
    entity = (await upload(alice, SMALL)).json()
    await studio.post(await studio.somebody("alice"), [MediaId(int(entity["id"]))])
    refused = await alice.delete(f"/api/v1/media/{entity['id']}")
    assert (refused.status_code, refused.json()["error"]) == (422, "Media attachment is currently used by a status")
    assert (await alice.put(f"/api/v1/media/{entity['id']}", data={"description": "x"})).status_code == 404
    assert (await alice.get(f"/api/v1/media/{entity['id']}")).status_code == 404


async def test_nobody_touches_the_drafts_of_others(alice: httpx.AsyncClient, studio: Studio) -> None:
    entity = (await upload(alice, SMALL)).json()
    alice.headers["Authorization"] = f"Bearer {await studio.token_of('bob')}"
    for method in ("GET", "PUT", "DELETE"):
        assert (await alice.request(method, f"/api/v1/media/{entity['id']}")).status_code == 404


async def test_uploading_needs_the_scope(client: httpx.AsyncClient, studio: Studio) -> None:
    assert (await upload(client, SMALL)).status_code == 401
    client.headers["Authorization"] = f"Bearer {await studio.token_of('carol', 'read')}"
    assert (await upload(client, SMALL)).status_code == 403


@pytest.mark.parametrize("media_id", ["0", "-1", "x", "99999999999999999999999"])
async def test_ids_that_name_nothing(alice: httpx.AsyncClient, media_id: str) -> None:
    assert (await alice.get(f"/api/v1/media/{media_id}")).status_code == 404
