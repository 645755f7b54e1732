"""Answers that may be a little old: the usage figures, and what could not be found a moment ago."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

SIZE = 2048


class Cache:
    """Values by name, each for its own time. Bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    async def get(self, name: str, seconds: float, load: Callable[[], Awaitable[T]]) -> T:
        """The value, loaded anew when it is older than that."""
        until, value = self._values.get(name, (0.0, None))
        if until > self._clock():
            found: T = value
            return found
        found = await load()
        self.put(name, found, seconds)
        return found

    def put(self, name: str, value: object, seconds: float) -> None:
        self._values[name] = (self._clock() + seconds, value)
        self._values.move_to_end(name)
        if len(self._values) > SIZE:
            self._values.popitem(last=False)

    def holds(self, name: str) -> bool:
        return self._values.get(name, (0.0, None))[0] > self._clock()
