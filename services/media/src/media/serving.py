"""Handing out a file: whole, in part, or not at all because its reader has it."""

import re

import msgspec
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from media.storage.model import Key, Storage, type_of

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=3600"
"""For other servers' pictures: a domain may be rejected any moment."""

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Should a file ever be taken for a page, it can do nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Accept-Ranges": "bytes",
}


class Part(msgspec.Struct, frozen=True):
    """Bytes of a file: the first and how many."""

    start: int
    length: int


def part_of(asked: str | None, size: int) -> Part | None:
    """The part that a Range header asks for; the whole file if it is none that we understand (RFC 9110, 14.2).

    None if it lies outside of the file.
    """
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or match.groups() == ("", ""):
        return Part(0, size)
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return Part(size - length, length) if length else None
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return Part(0, size)
    return Part(start, end - start + 1) if start < size else None


async def served(request: Request, storage: Storage, key: Key, *, cache: str) -> Response:
    tag = f'"{key.rpartition("/")[2]}"'
    headers = HEADERS | {"Cache-Control": cache, "ETag": tag}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    size = await storage.size_of(key)
    asked = request.headers.get("Range") if request.headers.get("If-Range", tag) == tag else None
    part = part_of(asked, size)
    if part is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(part.length)
    status = 200
    if asked and part.length < size:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
        status = 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=type_of(key))
    chunks = storage.read(key, part.start, part.length)
    return StreamingResponse(chunks, status, headers=headers, media_type=type_of(key))
