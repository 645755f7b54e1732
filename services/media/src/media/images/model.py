"""Pictures as values, the limits they keep, and what is asked of the process that opens them."""

from typing import Any

import msgspec

JPEG, PNG, GIF, WEBP, AVIF, HEIC = "jpeg", "png", "gif", "webp", "avif", "heic"

LARGEST_FILE = 16 * 1024 * 1024
LARGEST_PIXELS = 7680 * 4320
"""What we open."""
LARGEST_FRAMES_PIXELS = 3 * LARGEST_PIXELS
"""What we open of an animation, all frames together."""
KEPT_PIXELS = 3840 * 2160
"""What we keep: larger ones are scaled down to it."""
SMALL_PIXELS = 640 * 360
AVATAR = (400, 400)
HEADER = (1500, 500)


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that we made: nothing of the original file but its pixels."""

    content: bytes
    extension: str
    width: int
    height: int


class Measure(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for the measures in a file's head, decoding nothing."""

    kind: str
    content: bytes


class Measures(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    width: int
    height: int
    frames: int = 1

    @property
    def pixels(self) -> int:
        return self.width * self.height


class Attach(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for what a post shows: the picture, a small one and a blur."""

    kind: str
    content: bytes


class Attached(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    original: Picture
    small: Picture
    blurhash: str


class Crop(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for a picture that fills a frame, or with `fit` one that fits into it."""

    kind: str
    content: bytes
    width: int
    height: int
    fit: bool = False


class Cropped(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    picture: Picture


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The file cannot be opened, or must not be."""

    reason: str


Task = Measure | Attach | Crop
Result = Measures | Attached | Cropped | Refused


def measures_of(picture: Picture) -> dict[str, Any]:
    """A picture's part of `meta` in Mastodon's form."""
    return {
        "width": picture.width,
        "height": picture.height,
        "size": f"{picture.width}x{picture.height}",
        "aspect": picture.width / picture.height,
    }


def why_too_large(measures: Measures) -> str | None:
    if measures.width < 1 or measures.height < 1:
        return "Image has no pixels"
    if measures.pixels > LARGEST_PIXELS:
        return f"Images over {LARGEST_PIXELS} pixels are not supported"
    if measures.pixels * measures.frames > LARGEST_FRAMES_PIXELS:
        return "The animation is too long for its size"
    return None
