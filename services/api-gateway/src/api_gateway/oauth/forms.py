"""The few, small fields of a sign-in form or a token request: URL-encoded, JSON or multipart."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import Depends, Request
from starlette.exceptions import HTTPException

LARGEST = 64 * 1024
MOST_FIELDS = 50

Fields = dict[str, Any]


async def fields_of(request: Request) -> Fields:
    """Strings by name; `name[]`, and arrays in JSON, are lists of strings."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request)
    body = await _body(request)
    if kind == "application/json" or kind.endswith("+json"):
        return _from_json(body)
    return _gather(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)[:MOST_FIELDS])


Form = Annotated[Fields, Depends(fields_of)]


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """The field as a string; empty if it is absent or no string."""
    value = fields.get(name)
    # PostgreSQL knows no NUL, and nobody types one.
    return value.replace("\0", "") if isinstance(value, str) else ""


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413, "The request is too large")
    return bytes(body)


async def _multipart(request: Request) -> Fields:
    if int(request.headers.get("content-length", LARGEST + 1)) > LARGEST:
        raise HTTPException(413, "The request is too large")
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LARGEST) as form:
        return _gather([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


def _from_json(body: bytes) -> Fields:
    try:
        value = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError as error:
        raise HTTPException(400, "The request is no valid JSON") from error
    return value if isinstance(value, dict) else {}


def _gather(pairs: list[tuple[str, str]]) -> Fields:
    fields: Fields = {}
    for name, value in pairs:
        if name.endswith("[]"):
            fields.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            fields[name] = value
    return fields
