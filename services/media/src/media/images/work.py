"""Opening pictures with libvips and libheif: runs only in the process made for it (see `process`)."""

from typing import Any

import pillow_heif
import pyvips
from blurhash_rs import blurhash_encode
from PIL import Image

from media.images.model import (
    GIF,
    HEIC,
    KEPT_PIXELS,
    PNG,
    SMALL_PIXELS,
    WEBP,
    Attach,
    Attached,
    Crop,
    Cropped,
    Measure,
    Measures,
    Picture,
    Refused,
    Result,
    Task,
    why_too_large,
)

LOADERS = (
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp",
    "VipsForeignLoadHeif",
)
BLUR_SIDE = 64
# As an argument of `thumbnail` itself, libvips leaves fail_on out of account.
TRUNCATED = "fail_on=truncated"
ALL_FRAMES = "n=-1,fail_on=truncated"


def prepare() -> None:
    """Allow only the loaders of the kinds that we sniff, and keep nothing between two files."""
    pyvips.operation_block_set("VipsForeignLoad", True)
    for loader in LOADERS:
        pyvips.operation_block_set(loader, False)
    pyvips.block_untrusted_set(True)
    pyvips.cache_set_max(0)


def work(task: Task) -> Result:
    """Do the task. What libvips or libheif cannot read is refused, not raised."""
    try:
        return _work(task)
    except (pyvips.Error, ValueError, EOFError, SyntaxError, OSError, RuntimeError) as error:
        return Refused(reason=f"Image could not be read: {type(error).__name__}")


def _work(task: Task) -> Result:
    measures = _measure(task.kind, task.content)
    if reason := why_too_large(measures):
        return Refused(reason=reason)
    match task:
        case Measure():
            return measures
        case Attach(kind=kind, content=content):
            return _attach(kind, content, measures)
        case Crop(kind=kind, content=content):
            return Cropped(picture=_crop(kind, content, task))


def _measure(kind: str, content: bytes) -> Measures:
    if kind == HEIC:
        width, height = pillow_heif.open_heif(content).size
        return Measures(width=width, height=height)
    head = pyvips.Image.new_from_buffer(content, "", access="sequential")
    frames = head.get("n-pages") if kind in (GIF, WEBP) and head.get_typeof("n-pages") else 1
    return Measures(width=head.width, height=head.height, frames=max(1, frames))


def _attach(kind: str, content: bytes, measures: Measures) -> Attached:
    side = _fitting(measures.width, measures.height, KEPT_PIXELS)
    moving = kind in (GIF, WEBP) and measures.frames > 1
    original = _scaled(kind, content, side, side, loading=ALL_FRAMES if moving else TRUNCATED)
    side = _fitting(measures.width, measures.height, SMALL_PIXELS)
    small = _scaled(kind, content, side, side)
    return Attached(
        original=_encoded(original, _kept_as(kind, original, moving=moving)),
        small=_encoded(small, "png" if small.hasalpha() else "jpg"),
        blurhash=_blurhash(small),
    )


def _crop(kind: str, content: bytes, wish: Crop) -> Picture:
    image = _scaled(kind, content, wish.width, wish.height, crop=not wish.fit)
    return _encoded(image, "png" if image.hasalpha() else "jpg")


def _fitting(width: int, height: int, pixels: int) -> int:
    """The side of a square frame in which the picture has at most so many pixels, whichever way it is turned."""
    longer, shorter = max(width, height), min(width, height)
    return longer if longer * shorter <= pixels else max(1, int((pixels * longer / shorter) ** 0.5))


def _scaled(
    kind: str, content: bytes, width: int, height: int, *, loading: str = TRUNCATED, crop: bool = False
) -> "pyvips.Image":
    """Scale down, turn upright and bring into sRGB."""
    options: dict[str, Any] = {"height": height, "size": "down", "output_profile": "srgb"}
    if crop:
        options |= {"crop": "attention", "size": "both"}
    if kind == HEIC:
        image = _heif(content).thumbnail_image(width, **options)
    else:
        image = pyvips.Image.thumbnail_buffer(content, width, option_string=f"[{loading}]", **options)
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image.copy_memory()


def _heif(content: bytes) -> "pyvips.Image":
    opened = pillow_heif.open_heif(content, convert_hdr_to_8bit=True)
    picture = opened.to_pillow()
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGB")
    image = pyvips.Image.new_from_memory(
        picture.tobytes(), picture.width, picture.height, len(picture.getbands()), "uchar"
    ).copy(interpretation="b-w" if picture.mode == "L" else "srgb")
    if profile := picture.info.get("icc_profile"):
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _kept_as(kind: str, image: "pyvips.Image", *, moving: bool) -> str:
    """The format we keep: clients read these everywhere, which is not so of AVIF and HEIC."""
    if moving:
        return "gif" if kind == GIF else "webp"
    if kind == WEBP:
        return "webp"
    return "png" if kind in (PNG, GIF) or image.hasalpha() else "jpg"


def _encoded(image: "pyvips.Image", extension: str) -> Picture:
    options: dict[str, Any] = {"keep": "none"}
    match extension:
        case "jpg":
            # Alpha has no place in a JPEG: what is clear becomes white, as on a page.
            image = image.flatten(background=255) if image.hasalpha() else image
            options |= {"Q": 88, "optimize_coding": True}
        case "png":
            options |= {"compression": 7}
        case "webp":
            options |= {"Q": 85}
        case _:
            pass
    content = image.write_to_buffer(f".{extension}", **options)
    height = image.get("page-height") if image.get_typeof("page-height") else image.height
    return Picture(content=content, extension=extension, width=image.width, height=height)


def _blurhash(image: "pyvips.Image") -> str:
    tiny = image.thumbnail_image(BLUR_SIDE, height=BLUR_SIDE, size="down")
    if tiny.hasalpha():
        tiny = tiny.flatten(background=255)
    pixels = Image.frombytes("RGB", (tiny.width, tiny.height), tiny.cast("uchar").write_to_memory())
    return blurhash_encode(pixels, 4, 4)
