"""What clients send: query, form, multipart or JSON, with names in brackets, into one typed struct.

Names nest as Rails nests them: `media_ids[]`, `poll[options][]`, `fields_attributes[0][name]`. A value that
is empty where no text is expected counts as not sent: forms cannot say it better.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from fastapi import Path, Request
from msgspec import Meta
from msgspec.inspect import BoolType, CustomType, ListType, StrType, StructType, Type, UnionType, type_info
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from social.errors import ValidationFailed

T = TypeVar("T", bound=msgspec.Struct)

KIB: Final = 1024
MOST_BYTES: Final = 1024 * KIB
MOST_FIELDS: Final = 500
DEEPEST: Final = 6

_BIGINT = 2**63 - 1

Id = Annotated[int, Meta(ge=-_BIGINT, le=_BIGINT)]
"""An id in a struct of parameters."""

PathId = Annotated[int, Path(ge=-_BIGINT, le=_BIGINT)]
"""An id in a path. What is no id names nothing: 404."""

_ABSENT: Final = object()
_FALSE: Final = frozenset({"false", "f", "0", "off", "no"})
_PART = re.compile(r"\[([^\[\]]*)\]")
# To take a struct's annotations apart costs more than all the rest of reading a request.
_shape_of: Final = cache(type_info)


class Upload:
    """A file that came with a form, whole: parameters are capped."""

    def __init__(self, filename: str, content_type: str, content: bytes) -> None:
        self.filename = filename
        self.content_type = content_type
        self.content = content


async def params(request: Request, kind: type[T], *, most_bytes: int = MOST_BYTES) -> T:
    """Read all parameters of the request. What stands in the body wins over the query."""
    query: bytes = request.scope["query_string"]
    raw = _nest(_pairs(query.decode("utf-8", "replace"))) | await _body(request, most_bytes)
    return fit(raw, kind)


def fit(raw: Mapping[str, Any], kind: type[T]) -> T:
    """Bring loosely typed values into the struct."""
    try:
        return msgspec.convert(_fit(dict(raw), _shape_of(kind)), kind, strict=False, dec_hook=_as_it_is)
    except msgspec.ValidationError as error:
        raise ValidationFailed(_reason(error)) from error


def _reason(error: msgspec.ValidationError) -> str:
    what, _, where = str(error).partition(" - at `$")
    return f"{where.strip('.`')} {what[:1].lower()}{what[1:]}".strip().replace("`", "")


def _as_it_is(kind: type, value: object) -> object:
    if isinstance(value, kind):
        return value
    raise msgspec.ValidationError("Expected a file")


async def _body(request: Request, most_bytes: int) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        # Even with GET: Mastodon.py asks for familiar followers so.
        return _from_json(await _Capped(request, most_bytes).body())
    if request.method in ("GET", "HEAD"):
        return {}
    if kind == "multipart/form-data":
        return _nest(await _multipart(_Capped(request, most_bytes)))
    if kind in ("", "application/x-www-form-urlencoded"):
        return _nest(_pairs((await _Capped(request, most_bytes).body()).decode("utf-8", "replace")))
    return {}


class _Capped(Request):
    """The same request, whose body ends the reading when it is too long."""

    def __init__(self, request: Request, most_bytes: int) -> None:
        super().__init__(request.scope, request.receive)
        self._most = most_bytes
        if int(self.headers.get("content-length", 0)) > most_bytes:
            raise HTTPException(413, "The request is too large")

    async def stream(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  # Starlette's own signature
        seen = 0
        async for chunk in super().stream():
            seen += len(chunk)
            if seen > self._most:
                raise HTTPException(413, "The request is too large")
            yield chunk


async def _multipart(request: Request) -> list[tuple[str, Any]]:
    async with request.form(max_files=10, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form:
        return [(name, await _read(value)) for name, value in form.multi_items()]


async def _read(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "", value.content_type or "", await value.read())


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise HTTPException(400, "The request is no valid JSON") from error
    if not isinstance(value, dict):
        raise HTTPException(400, "The request is no JSON object")
    return value


def _pairs(encoded: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "The request has too many parameters") from error


def _nest(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`a[b][]=c` is {"a": {"b": ["c"]}}; a name that contradicts an earlier one replaces it."""
    nested: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        keys = [head, *_PART.findall(bracket + rest)][:DEEPEST]
        _put(nested, keys, value)
    return nested


def _put(into: dict[str, Any], keys: list[str], value: Any) -> None:
    key, *rest = keys
    if not rest:
        into[key] = value
    elif rest[0] == "":
        items = into.get(key)
        into[key] = items if isinstance(items, list) else []
        _append(into[key], rest[1:], value)
    else:
        inner = into.get(key)
        into[key] = inner if isinstance(inner, dict) else {}
        _put(into[key], rest, value)


def _append(items: list[Any], rest: list[str], value: Any) -> None:
    """`a[][name]=` starts a new item when the last one has that name already."""
    # Mastodon.py says `id[][]` for some lists, and Mastodon takes that for `id[]`.
    while rest and rest[0] == "":
        rest = rest[1:]
    if not rest:
        items.append(value)
        return
    if not items or not isinstance(items[-1], dict) or rest[0] in items[-1]:
        items.append({})
    _put(items[-1], rest, value)


def _fit(value: Any, kind: Type) -> Any:
    """Bend what Rails would bend; msgspec then says what is wrong with the rest."""
    match kind:
        case UnionType():
            return _fit_union(value, kind)
        case StructType() if isinstance(value, Mapping):
            fitted = {f.encode_name: _fit(value[f.encode_name], f.type) for f in kind.fields if f.encode_name in value}
            return {name: v for name, v in fitted.items() if v is not _ABSENT}
        case ListType():
            fitted_items = (_fit(item, kind.item_type) for item in _listed(value))
            return [item for item in fitted_items if item is not _ABSENT]
        case StrType():
            return _text(value)
        case _:
            return _fit_scalar(value, kind)


def _fit_scalar(value: Any, kind: Type) -> Any:
    """A form has strings only, and files that were not chosen are empty ones."""
    if not isinstance(value, str):
        return value
    if value == "" or isinstance(kind, CustomType):
        return _ABSENT
    return value.lower() not in _FALSE if isinstance(kind, BoolType) else value


def _fit_union(value: Any, kind: UnionType) -> Any:
    """Optional parameters: the one part that is a type, or nothing."""
    if value is None:
        return None if kind.includes_none else _ABSENT
    parts = [part for part in kind.types if not _is_nothing(part)]
    return _fit(value, parts[0]) if len(parts) == 1 else value


def _is_nothing(part: Type) -> bool:
    return type(part).__name__ in ("NoneType", "UnsetType")


def _listed(value: Any) -> list[Any]:
    """A list, the values of {"0": …, "1": …}, or one value for a list of one."""
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value, key=_number)]
    return value if isinstance(value, list) else [] if value == "" else [value]


def _number(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdecimal() and len(key) < 10 else (_BIGINT, key)


def _text(value: Any) -> Any:
    """PostgreSQL stores neither NUL nor half a character."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return value
    text = str(value)
    if "\x00" in text:
        raise ValidationFailed("text contains a null byte")
    return text.encode("utf-8", "replace").decode()


__all__ = ["Id", "PathId", "Upload", "fit", "params"]
