"""How often one host is asked: what strangers name must not make us a burden to others."""

import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from apcore.fetch.model import FetchFailed


class Purse(msgspec.Struct):
    left: float
    at: float


class Budget:
    """So many requests a minute to each host, which may be spent at once. Bounded."""

    def __init__(self, per_minute: int, hosts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._hosts = hosts
        self._clock = clock
        self._purses: OrderedDict[str, Purse] = OrderedDict()

    def spend(self, host: str) -> None:
        """Raises when the host was asked too often; that passes."""
        now = self._clock()
        purse = self._purses.setdefault(host, Purse(self._per_minute, now))
        self._purses.move_to_end(host)
        purse.left = min(self._per_minute, purse.left + (now - purse.at) * self._per_minute / 60)
        purse.at = now
        if purse.left < 1:
            raise FetchFailed("budget")
        purse.left -= 1
        if len(self._purses) > self._hosts:
            self._purses.popitem(last=False)
