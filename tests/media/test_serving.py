"""Handing out files: which part, under which headers, and which not at all."""

import httpx
import pytest
from studio import Studio

from media.serving import Part, part_of
from media.storage.model import new_key

HEAD = bytes(range(250)) * 4


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (None, Part(0, 1000)),
        ("bytes=0-", Part(0, 1000)),
        ("bytes=0-99", Part(0, 100)),
        ("bytes=900-2000", Part(900, 100)),
        ("bytes=-100", Part(900, 100)),
        ("bytes=-2000", Part(0, 1000)),
        ("bytes=999-999", Part(999, 1)),
        ("bytes=1000-", None),
        ("bytes=-0", None),
        ("bytes=50-20", Part(0, 1000)),
        ("bytes=-", Part(0, 1000)),
        ("bytes=1-2,5-6", Part(0, 1000)),
        ("lines=1-2", Part(0, 1000)),
        ("bytes=a-b", Part(0, 1000)),
    ],
)
def test_a_range_is_the_part_it_asks_for(asked: str | None, part: Part | None) -> None:
    assert part_of(asked, 1000) == part


@pytest.fixture
async def address(studio: Studio) -> str:
    key = new_key("attachments", "png")
    await studio.res.storage.put(key, HEAD)
    return f"/media/{key}"


async def test_a_file_can_do_nothing_but_be_looked_at(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert (answer.status_code, answer.content) == (200, HEAD)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_a_page_from_elsewhere_is_told_once_that_it_may_read_a_file(
    client: httpx.AsyncClient, address: str
) -> None:
    for headers in ({}, {"Origin": "https://phanpy.example"}):
        answer = await client.get(address, headers=headers)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]


async def test_a_part_is_served_as_a_part(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, HEAD[10:20])
    assert answer.headers["Content-Range"] == "bytes 10-19/1000"
    assert (await client.get(address, headers={"Range": "bytes=5000-"})).status_code == 416


async def test_whoever_has_it_is_not_sent_it_again(client: httpx.AsyncClient, address: str) -> None:
    tag = (await client.head(address)).headers["ETag"]
    answer = await client.get(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("folder", ["incoming", "cached"])
async def test_what_is_not_public_is_not_served(studio: Studio, client: httpx.AsyncClient, folder: str) -> None:
    key = new_key(folder, "raw" if folder == "incoming" else "png")
    await studio.res.storage.put(key, HEAD)
    assert (await client.get(f"/media/{key}")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "attachments/ab/cd/abcd0000000000000000000000000000.png",
        "proxy",
        "proxy/1",
        "proxy/x/original",
        "proxy/99999999999999999999/original",
        "proxy/accounts/1/secrets",
    ],
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/media/{path}")).status_code == 404
