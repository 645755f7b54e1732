"""How much a JSON-LD context holds. Contexts are large, kept as they came, and the same few in nearly all documents."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import orjson

LONGEST: Final = 8192
"""In bytes: of those whose extent is remembered."""
REMEMBERED: Final = 256


def nodes_in(context: object, depth: int, most: int) -> int | None:
    """How many values it is made of; None if it is deeper or wider than that."""
    try:
        written = orjson.dumps(context)
    except orjson.JSONEncodeError:
        return None
    if len(written) > LONGEST:
        return _counted(context, depth, most)
    return _remembered(written, depth, most)


@lru_cache(REMEMBERED)
def _remembered(written: bytes, depth: int, most: int) -> int | None:
    return _counted(orjson.loads(written), depth, most)


def _counted(context: object, depth: int, most: int) -> int | None:
    nodes, level = 0, [context]
    while level:
        nodes += len(level)
        if depth < 0 or nodes > most:
            return None
        level = [item for value in level for item in _within(value)]
        depth -= 1
    return nodes


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
