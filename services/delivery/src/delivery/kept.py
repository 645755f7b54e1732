"""Values kept in memory, bounded; many who want the same one wait for one load."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The least recently used leave first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._loading: dict[K, asyncio.Lock] = {}

    async def get(self, key: K, load: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value, loaded if it is not here. That there is none is not remembered."""
        if (found := self._found(key)) is not None:
            return found
        lock = self._loading.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                # Whoever waited finds what the first one loaded.
                if (found := self._found(key)) is None and (found := await load()) is not None:
                    self._keep(key, found)
                return found
        finally:
            if not lock.locked():
                self._loading.pop(key, None)

    def forget(self, key: K) -> None:
        self._values.pop(key, None)

    def _found(self, key: K) -> V | None:
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def _keep(self, key: K, value: V) -> None:
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)
