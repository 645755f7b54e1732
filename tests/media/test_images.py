"""Opening pictures: what comes out, and what is refused."""

import asyncio
import io
import os
from pathlib import Path

import pytest
from pictures import (
    NOT_PICTURES,
    a_bomb,
    a_heic,
    a_picture,
    a_polyglot,
    an_animation,
    an_avif,
    encoded,
    with_exif,
)
from PIL import Image

from media.images.model import KEPT_PIXELS, SMALL_PIXELS, Measures, Picture
from media.images.process import Images, TooBusy, Unreadable, open_images
from media.images.sniff import sniff


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("jpeg", a_picture()),
        ("png", a_picture(kind="PNG")),
        ("gif", an_animation()),
        ("webp", a_picture(kind="WEBP")),
        ("avif", an_avif()),
        ("heic", a_heic()),
    ],
)
async def test_each_kind_is_known_by_its_content_and_opened(images: Images, kind: str, content: bytes) -> None:
    assert sniff(content) == kind
    result = await images.attach(kind, content)
    assert (result.original.width, result.original.height) == opened(result.original).size
    assert result.original.extension in ("jpg", "png", "gif", "webp")


@pytest.mark.parametrize("content", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
def test_everything_else_is_no_picture(content: bytes) -> None:
    assert sniff(content) is None


async def test_nothing_but_the_pixels_is_kept(images: Images) -> None:
    result = await images.attach("jpeg", with_exif())
    for picture in (result.original, result.small):
        assert not opened(picture).getexif()
        assert b"SecretCamera" not in picture.content


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_picture_is_turned_upright(images: Images, orientation: int) -> None:
    result = await images.attach("jpeg", with_exif(orientation=orientation))
    expected = (480, 640) if orientation >= 5 else (640, 480)
    assert (result.original.width, result.original.height) == expected
    # Where the red half went tells that the pixels were turned, not only the frame.
    red = {1: (0, 0), 2: (639, 0), 3: (639, 479), 4: (0, 479), 5: (0, 0), 6: (0, 0), 7: (0, 639), 8: (0, 639)}
    r, _, b = opened(result.original).convert("RGB").getpixel(red[orientation])
    assert r > b


async def test_a_large_picture_is_scaled_down(images: Images) -> None:
    result = await images.attach("jpeg", a_picture(6000, 4000))
    assert result.original.width * result.original.height <= KEPT_PIXELS
    assert abs(result.original.width / result.original.height - 1.5) < 0.01
    assert SMALL_PIXELS * 0.98 < result.small.width * result.small.height <= SMALL_PIXELS
    assert result.blurhash.startswith("U")


async def test_a_small_picture_stays_as_large_as_it_is(images: Images) -> None:
    result = await images.attach("png", a_picture(30, 20, kind="PNG"))
    assert (result.original.width, result.small.width) == (30, 30)


async def test_a_transparent_picture_stays_transparent(images: Images) -> None:
    result = await images.attach("png", a_picture(kind="PNG", mode="RGBA"))
    assert opened(result.original).mode == opened(result.small).mode == "RGBA"


@pytest.mark.parametrize("kind", ["gif", "webp"])
async def test_an_animation_keeps_moving(images: Images, kind: str) -> None:
    result = await images.attach(kind, an_animation(4, kind=kind.upper()))
    moving = opened(result.original)
    moving.load()
    assert (moving.n_frames, moving.info["duration"]) == (4, 100)
    assert (result.original.width, result.original.height) == (40, 40)
    assert getattr(opened(result.small), "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P", "LA", "I;16"])
async def test_unusual_colours_become_usual_ones(images: Images, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    result = await images.attach(kind.lower(), encoded(Image.new(mode, (50, 40)), kind))
    assert opened(result.original).mode in ("RGB", "RGBA")


async def test_what_is_hidden_behind_the_pixels_is_gone(images: Images) -> None:
    result = await images.attach("gif", a_polyglot())
    assert b"<script>" not in result.original.content


@pytest.mark.parametrize("ask", ["measure", "attach"])
async def test_a_bomb_is_refused_before_it_bursts(images: Images, ask: str) -> None:
    bomb = a_bomb()
    async with asyncio.timeout(3):
        with pytest.raises(Unreadable, match="pixels"):
            await getattr(images, ask)("png", bomb)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "heic"])
async def test_half_a_file_is_refused(images: Images, kind: str) -> None:
    whole = {"avif": an_avif, "heic": a_heic}.get(kind, lambda: a_picture(900, 700, kind=kind.upper()))()
    with pytest.raises(Unreadable):
        await images.attach(kind, whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif", "heic"])
async def test_garbage_with_a_good_beginning_is_refused(images: Images, kind: str) -> None:
    good = {"avif": an_avif, "heic": a_heic, "gif": an_animation}.get(kind, lambda: a_picture(kind=kind.upper()))()
    with pytest.raises(Unreadable):
        await images.attach(kind, good[:24] + os.urandom(2000))


async def test_a_picture_under_a_false_name_is_not_opened_by_another_loader(images: Images) -> None:
    svg = NOT_PICTURES["svg"]
    with pytest.raises(Unreadable):
        await images.attach("png", svg)


async def test_measuring_reads_the_head_only(images: Images) -> None:
    assert await images.measure("gif", an_animation(3)) == Measures(width=40, height=40, frames=3)


async def test_an_avatar_fills_its_frame(images: Images) -> None:
    picture = await images.crop("jpeg", a_picture(900, 300), (400, 400))
    assert (picture.width, picture.height) == (400, 400)


async def test_a_crash_costs_one_picture_only(images: Images) -> None:
    await images.measure("png", a_picture(kind="PNG"))
    process = images._children[0]._process
    assert process is not None
    working = asyncio.create_task(images.attach("jpeg", a_picture(5000, 4000)))
    await asyncio.sleep(0.02)
    process.kill()
    with pytest.raises(Unreadable):
        await working
    assert (await images.measure("png", a_picture(kind="PNG"))).width == 640


async def test_whoever_waits_too_long_for_their_turn_is_told() -> None:
    async with open_images(processes=1, timeout=0.05) as busy:
        busy._free.get_nowait()
        with pytest.raises(TooBusy):
            await busy.measure("jpeg", a_picture())


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    async with open_images(processes=1, timeout=0.05) as images:
        with pytest.raises(Unreadable):
            await images.attach("jpeg", a_picture(5000, 4000))


def told_by_the_kernel(images: Images, what: str) -> str:
    process = images._children[0]._process
    assert process is not None
    return Path(f"/proc/{process.pid}/{what}").read_text()


async def test_the_process_holds_no_secret_and_writes_no_file(images: Images, monkeypatch) -> None:
    monkeypatch.setenv("MURMURATION_SECRET_KEY", "tell nobody")
    await images._children[0].end()
    await images.measure("png", a_picture(kind="PNG"))
    assert "tell nobody" not in told_by_the_kernel(images, "environ")
    assert "Max file size             0" in told_by_the_kernel(images, "limits")
