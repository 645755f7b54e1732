"""Long lists in pieces: whoever serves one serves others in between."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

AT_ONCE: Final = 100
"""Of what Redis is asked at once: it serves nobody else meanwhile, for half a millisecond or so."""


def pieces(items: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
