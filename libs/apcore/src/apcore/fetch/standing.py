"""Connections that stay open between requests: each costs both sides memory and a descriptor, so they are few."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

IDLE_SECONDS: Final = 60.0
"""How long a connection is kept open that nobody uses."""


class Standing:
    """Who was asked lately keeps a connection, up to so many peers; with the others it ends with the answer.

    What goes out to tens of thousands of hosts would else leave as many connections behind.
    """

    def __init__(self, peers: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = peers
        self._clock = clock
        self._used: OrderedDict[str, float] = OrderedDict()

    def keeps(self, peer: str) -> bool:
        """Whether the connection for what is asked of the peer now shall stay open."""
        now = self._clock()
        while self._used and now - next(iter(self._used.values())) > IDLE_SECONDS:
            self._used.popitem(last=False)
        if peer not in self._used and len(self._used) >= self._most:
            return False
        self._used[peer] = now
        self._used.move_to_end(peer)
        return True
