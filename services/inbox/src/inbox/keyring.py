"""The keys of signers, kept in memory; when each was last fetched again because a signature failed; who has none."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec

from apcore.keys import KeyCache, VerifyingKey
from contracts.ids import Uri

FRESH_SECONDS = 3600.0
REFETCH_SECONDS = 300.0
KEYLESS_SECONDS = 600.0


class Held(msgspec.Struct, frozen=True):
    keys: Mapping[str, str]
    until: float


class Keyring:
    """Bounded; the least recently used leave first."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._held: OrderedDict[Uri, Held] = OrderedDict()
        self._refetched: OrderedDict[Uri, float] = OrderedDict()
        self._keyless: OrderedDict[Uri, float] = OrderedDict()
        self._parsed = KeyCache(size)

    def of(self, actor: Uri) -> Mapping[str, str]:
        """The actor's keys by their ids, as PEM or Multikey, as far as they are known here."""
        held = self._held.get(actor)
        if held is None or held.until < self._clock():
            return {}
        self._held.move_to_end(actor)
        return held.keys

    def put(self, actor: Uri, keys: Mapping[str, str]) -> None:
        self._held[actor] = Held(keys, self._clock() + FRESH_SECONDS)
        self._held.move_to_end(actor)
        if len(self._held) > self._size:
            self._held.popitem(last=False)

    def renew(self, actor: Uri, keys: Mapping[str, str]) -> None:
        """The actor's document was read for another reason: a key that it has no more counts no more."""
        if actor in self._held:
            self.put(actor, keys)

    def parsed(self, written: str) -> VerifyingKey:
        return self._parsed.public(written)

    def may_refetch(self, actor: Uri) -> bool:
        """Whether a failed signature may make us ask for this actor's keys: once in five minutes."""
        now = self._clock()
        if self._refetched.get(actor, -REFETCH_SECONDS) > now - REFETCH_SECONDS:
            return False
        self._refetched[actor] = now
        self._refetched.move_to_end(actor)
        if len(self._refetched) > self._size:
            self._refetched.popitem(last=False)
        return True

    def was_away(self, actor: Uri) -> None:
        """The keys that were asked for did not come: that did not count."""
        self._refetched.pop(actor, None)

    def has_none(self, actor: Uri) -> bool:
        """Whether nothing was found a short while ago: whoever claims its keys does not make us ask each time."""
        return self._keyless.get(actor, 0.0) > self._clock()

    def found_none(self, actor: Uri) -> None:
        self._keyless[actor] = self._clock() + KEYLESS_SECONDS
        self._keyless.move_to_end(actor)
        if len(self._keyless) > self._size:
            self._keyless.popitem(last=False)
