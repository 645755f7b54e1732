"""How much one server may say at a time. Bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 10_000


class Ingress:
    """A bucket of tokens for each host. What was proven counts alone: nobody empties the bucket of another."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst = per_second, burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def takes(self, host: str) -> bool:
        """Whether one more of this host is taken now."""
        now = self._clock()
        left, at = self._left.get(host, (float(self._burst), now))
        left = min(left + (now - at) * self._per_second, self._burst)
        is_taken = left >= 1
        self._left[host] = (left - 1 if is_taken else left, now)
        self._left.move_to_end(host)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return is_taken
