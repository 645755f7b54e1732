"""Tolerant reading of compact JSON-LD, without expansion and without ever fetching a context."""

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson

from apcore import extent
from apcore.context import ACTIVITYSTREAMS, PREFIXES, PUBLIC

Json = dict[str, Any]

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_URI = 2048
"""In bytes: PostgreSQL takes no more than 2,704 into an index, where some stand beside their actor's."""
MAX_ITEMS = 1000
LONGEST_DATE = 64
LONGEST_TERM = 64  # Of those that are remembered.
LARGEST_INTEGER = 2**63 - 1
REMEMBERED = 2048
"""Addresses of which is known what they are: each stands in many places of a document, and is asked about often."""
REFUSED_KEYS = frozenset({"@graph", "@included", "@reverse"})
WRAPPERS = frozenset({"@value", "@list", "@set"})
_UNSAFE = re.compile(r'[\x00-\x20\x7f\\<>"`]')
PUBLIC_SPELLINGS = frozenset({"Public", "as:Public", PUBLIC})


class Malformed(Exception):  # noqa: N818 (reads as what the document is)
    """The document cannot be understood; the message says why and is safe to show."""


def parse(body: bytes) -> Json:
    """The JSON object in the body, in normal form."""
    if len(body) > MAX_BYTES:
        raise Malformed("document too large")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("not JSON") from error
    return normal(document)


class Normal(dict[str, Any]):
    """An object in normal form, so that nobody walks through it again. What is made of it by `|` is a plain one."""

    __slots__ = ()


def normal(document: object) -> Json:
    """The document with short terms and clean strings. Doing it twice is the same as doing it once."""
    if type(document) is Normal:
        return document
    if not isinstance(document, dict):
        raise Malformed("not a JSON object")
    tidied = _tidy_object(document, MAX_DEPTH, [MAX_NODES])
    if not isinstance(tidied, Normal):
        raise Malformed("not a JSON object")
    return tidied


def _tidy(value: object, depth: int, budget: list[int]) -> Any:
    if isinstance(value, str):  # Most are.
        _spend(depth, budget)
        return _clean(value)
    if isinstance(value, dict):
        return _tidy_object(value, depth, budget)
    _spend(depth, budget)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (list, tuple)):
        return [_tidy(item, depth - 1, budget) for item in value]
    if isinstance(value, (int, float)):
        return _finite(value)
    raise Malformed("not JSON")


def _tidy_object(value: dict[Any, Any], depth: int, budget: list[int]) -> Any:
    _spend(depth, budget)
    if not REFUSED_KEYS.isdisjoint(value):
        raise Malformed("@graph, @included and @reverse are not accepted")
    if not WRAPPERS.isdisjoint(value):
        wrapper = next(name for name in ("@value", "@list", "@set") if name in value)
        return _tidy(value[wrapper], depth - 1, budget)
    tidied = Normal()
    for key, item in value.items():
        if not isinstance(key, str):
            raise Malformed("not JSON")
        if key == "@context":
            # A context is kept as it came: its keys are terms being defined, not terms in use.
            nodes = extent.nodes_in(item, depth - 1, MAX_NODES)
            _spend(depth - 1, budget, MAX_NODES if nodes is None else nodes)
            tidied[key] = item
            continue
        name = _term(key) if len(key) <= LONGEST_TERM else _short(_clean(key))
        # A term that stands there in its short form wins over its long spellings.
        if name == key or name not in value:
            tidied[name] = _tidy(item, depth - 1, budget)
    return tidied


def _spend(depth: int, budget: list[int], nodes: int = 1) -> None:
    budget[0] -= nodes
    if depth < 0 or budget[0] < 0:
        raise Malformed("document too deep or too wide")


@lru_cache(REMEMBERED)
def _term(key: str) -> str:
    return _short(_clean(key))


def _short(term: str) -> str:
    if term == "@id":
        return "id"
    if term == "@type":
        return "type"
    if ":" in term:
        for prefix in PREFIXES:
            if term.startswith(prefix) and len(term) > len(prefix):
                return term[len(prefix) :]
    return term


def _clean(value: str) -> str:
    if value.isascii() and "\0" not in value:
        return value
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Malformed("lone surrogate in a string") from error
    return value.replace("\0", "")  # PostgreSQL cannot hold it and nobody means it.


def _finite(value: float) -> float:
    if isinstance(value, float) and not math.isfinite(value):
        raise Malformed("not a number")
    if abs(value) > LARGEST_INTEGER and isinstance(value, int):
        raise Malformed("number too large")
    return value


def is_activitystreams(document: Json) -> bool:
    """Whether the document names the ActivityStreams context."""
    return ACTIVITYSTREAMS in many(document.get("@context"))


def many(value: object) -> list[Any]:
    """The value as a list: one, several and none look alike."""
    if value is None:
        return []
    return value[:MAX_ITEMS] if isinstance(value, list) else [value]


def one(value: object) -> Any:
    """The value, or the first of several."""
    items = many(value)
    return items[0] if items else None


def objects(value: object, limit: int = MAX_ITEMS) -> list[Json]:
    """The embedded objects among the values."""
    return [item for item in many(value) if isinstance(item, dict)][:limit]


def embedded(value: object) -> Json | None:
    """The first value, when it is a whole object and not only a reference."""
    first = one(value)
    if not isinstance(first, dict) or type_of(first) == "Link":
        return None
    return first if set(first) - {"id", "type"} else None


def type_of(document: Json) -> str:
    """The first type, short; empty when there is none."""
    first = one(document.get("type"))
    return _short(first) if isinstance(first, str) else ""


def uri(value: object) -> str | None:
    """What is referred to: a string, an object with `id`, or a Link with `href`."""
    first = one(value)
    if isinstance(first, dict):
        reference = first.get("id")
        first = reference if isinstance(reference, str) else one(first.get("href"))
    if not isinstance(first, str) or not first or _bytes_of(first) > MAX_URI:
        return None
    return PUBLIC if first in PUBLIC_SPELLINGS else first.strip() or None


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def uris(value: object, limit: int = MAX_ITEMS) -> tuple[str, ...]:
    """Everything referred to, each once, in order."""
    found = (uri(item) for item in many(value))
    return tuple(dict.fromkeys(item for item in found if item))[:limit]


def text(value: object, limit: int | None = None) -> str | None:
    """The string, cut to the limit; None when it is no string or is empty."""
    first = one(value)
    if not isinstance(first, str) or not first:
        return None
    return first[:limit]


def boolean(value: object, *, default: bool = False) -> bool:
    """The truth value; anything else means the default."""
    first = one(value)
    return first if isinstance(first, bool) else default


def integer(value: object) -> int | None:
    """A count: not negative, and no larger than a database holds."""
    first = one(value)
    if isinstance(first, bool) or not isinstance(first, int | float):
        return None
    return int(first) if 0 <= first < 2**31 else None


def number(value: object) -> float | None:
    first = one(value)
    return float(first) if isinstance(first, int | float) and not isinstance(first, bool) else None


def moment(value: object) -> datetime | None:
    """A date and time in UTC; None when it is none or lies outside of the years we can keep."""
    first = one(value)
    if not isinstance(first, str) or len(first) > LONGEST_DATE:
        return None
    try:
        read = datetime.fromisoformat(first.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def stamp(value: datetime) -> str:
    """The moment to the millisecond: an edit a moment after the post must be told from it."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def web_uri(value: object) -> str | None:
    """The reference when it is an http(s) address that is safe to store, show and fetch."""
    found = uri(value)
    return found if found is not None and _is_web(found) else None


@lru_cache(REMEMBERED)
def _is_web(found: str) -> bool:
    if not _is_plain(found):
        return False
    parts = _split(found)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return "@" not in parts.netloc


@lru_cache(REMEMBERED)
def host_of(address: str) -> str:
    """The host, lower-case, with its port where one is written; empty when there is none."""
    parts = _split(address)
    if parts is None or not parts.hostname:
        return ""
    port = parts.port
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return host if port in (None, default) else f"{host}:{port}"


def same_host(first: str, second: str) -> bool:
    """Whether both addresses lie on one host. Addresses without a host never do."""
    return (host := host_of(first)) != "" and host == host_of(second)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # Raises for a port that is none.
    except ValueError:
        return None
    return parts


def _is_plain(address: str) -> bool:
    return _UNSAFE.search(address) is None
