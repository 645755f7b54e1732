"""Pictures for tests, made here: honest ones, and such as a bad neighbour would send."""

import io
import struct
import zlib

import pillow_heif
import pyvips
from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def a_picture(
    width: int = 640, height: int = 480, *, kind: str = "JPEG", mode: str = "RGB", **options: object
) -> bytes:
    """Left half red, right half blue."""
    image = Image.new(mode, (width, height), RED)
    image.paste(BLUE if mode == "RGB" else (*BLUE, 128), (width // 2, 0, width, height))
    return encoded(image, kind, **options)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_exif(*, orientation: int = 1, width: int = 640, height: int = 480) -> bytes:
    """A JPEG that tells where it was taken, by what camera, and how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0110] = "SecretCamera 3000"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return a_picture(width, height, exif=exif)


def an_animation(frames: int = 3, *, kind: str = "GIF", side: int = 40) -> bytes:
    images = [Image.new("RGB", (side, side), (80 * n % 256, 40 * n % 256, 0)) for n in range(frames)]
    return encoded(images[0], kind, save_all=True, append_images=images[1:], duration=100, loop=0)


def a_heic(width: int = 320, height: int = 240) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.open(io.BytesIO(a_picture(width, height)))).save(buffer, quality=60)
    return buffer.getvalue()


def an_avif(width: int = 320, height: int = 240) -> bytes:
    return bytes(pyvips.Image.new_from_buffer(a_picture(width, height), "").write_to_buffer(".avif", effort=0))


def a_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of few bytes that would fill the memory."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" + b"\0" * ((width + 7) // 8)
    pixels = zlib.compress(row * 1000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
)


def a_polyglot() -> bytes:
    """A readable GIF with a script behind its pixels."""
    return encoded(Image.new("RGB", (20, 20), RED), "GIF") + b"/*" + HTML + b"*/=1;"


NOT_PICTURES = {
    "html": HTML,
    "svg": SVG,
    "text": b"hello",
    "empty": b"",
    "postscript": b"%!PS-Adobe-3.0\n(/etc/passwd) run",
    "mvg": b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 9,9 'https://evil.test/'\npop graphic-context",
    "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "tiff": b"II*\0" + bytes(64),
    "psd": b"8BPS\0\1" + bytes(64),
    "ico": b"\0\0\1\0\1\0" + bytes(64),
    "mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(64),
    "pdf": b"%PDF-1.7\n",
}
