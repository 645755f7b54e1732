"""Avatars and headers, taken in by the real media service in this process."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from pictures import a_picture
from talking import Person, a_person

from api_gateway.app import create_app
from api_gateway.neighbours import Neighbours
from api_gateway.resources import Resources
from chassis.settings import Settings
from media.app import create_app as create_media
from media.resources import open_resources as open_media
from media.settings import Settings as MediaSettings

MEDIA = "http://media.internal"


@pytest.fixture
async def app(resources: Resources, make_settings: Callable[..., Settings], tmp_path: Path) -> AsyncIterator[FastAPI]:
    settings = make_settings(MediaSettings, media_root=tmp_path, image_processes=1, rate_limit_factor=0)
    async with open_media(settings) as media:
        transport = httpx.ASGITransport(app=create_media(media))
        async with httpx.AsyncClient(mounts={MEDIA: transport}) as client:
            asking = Neighbours(client, resources.settings.model_copy(update={"media_url": MEDIA}))
            yield create_app(msgspec.structs.replace(resources, neighbours=asking))


@pytest.fixture
async def alice(resources: Resources, client: httpx.AsyncClient) -> Person:
    return await a_person(resources.db, client, "alice")


async def test_a_new_avatar_is_ours_and_can_be_taken_off(alice: Person) -> None:
    files = {"avatar": ("me.png", a_picture(), "image/png"), "header": ("sky.png", a_picture(), "image/png")}
    answer = await alice.ask("PATCH", "/api/v1/accounts/update_credentials", files=files)
    assert answer.status_code == 200, answer.text
    me = answer.json()
    assert me["avatar"].startswith("https://ours.test/media/avatars/")
    assert me["header"].startswith("https://ours.test/media/headers/")
    assert (await alice.delete("/api/v1/profile/avatar"))["avatar"].endswith("/avatars/original/missing.png")
    assert (await alice.delete("/api/v1/profile/header"))["header"].endswith("/headers/original/missing.png")


async def test_what_is_no_picture_is_refused_and_changes_nothing(alice: Person) -> None:
    files = {"avatar": ("me.png", b"no picture", "image/png"), "display_name": (None, "New")}
    answer = await alice.ask("PATCH", "/api/v1/accounts/update_credentials", files=files)
    assert answer.status_code == 422
    assert (await alice.get("/api/v1/accounts/verify_credentials"))["display_name"] == ""
