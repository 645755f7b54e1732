"""Servers met for the first time. Who owns a domain has as many names below it as they like: few are met at a time."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 10
WINDOW_SECONDS = 300.0
DOMAINS = 4096
SHORT = 3
"""So short a name before a country's is one of its own registry's, as in co.uk."""


class Newcomers:
    """New hosts of each registrable domain within the window, in this process. Bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._met: OrderedDict[str, dict[str, float]] = OrderedDict()

    def may_meet(self, host: str) -> bool:
        """Whether this host, which nobody here is known of, may be asked; one that was met a moment ago may."""
        now, domain = self._clock(), registrable(host)
        met = {name: at for name, at in self._met.pop(domain, {}).items() if at > now - WINDOW_SECONDS}
        self._met[domain] = met
        if len(self._met) > DOMAINS:
            self._met.popitem(last=False)
        if host not in met and len(met) >= MOST:
            return False
        met.setdefault(host, now)
        return True


def registrable(host: str) -> str:
    """What somebody registered, near enough: no list of suffixes is kept for this."""
    labels = host.partition(":")[0].lower().split(".")
    has_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= SHORT
    return ".".join(labels[-3:] if has_second_level else labels[-2:])
