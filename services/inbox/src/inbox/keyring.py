"""The keys of signers, kept in memory; and when each was last fetched again because a signature failed."""

import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from apcore.keys import KeyCache, PublicKey
from contracts.ids import Uri

FRESH_SECONDS = 3600.0
REFETCH_SECONDS = 300.0


class Held(msgspec.Struct, frozen=True):
    owner: Uri
    pem: str
    until: float


class Keyring:
    """Bounded; the least recently used leave first."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._refetched: OrderedDict[Uri, float] = OrderedDict()
        self._parsed = KeyCache(size)

    def get(self, key_id: str, owner: Uri) -> str | None:
        """The key of that id, if it is known to belong to this actor."""
        held = self._held.get(key_id)
        if held is None or held.owner != owner or held.until < self._clock():
            return None
        self._held.move_to_end(key_id)
        return held.pem

    def put(self, key_id: str, owner: Uri, pem: str) -> None:
        self._held[key_id] = Held(owner, pem, self._clock() + FRESH_SECONDS)
        self._held.move_to_end(key_id)
        if len(self._held) > self._size:
            self._held.popitem(last=False)

    def parsed(self, pem: str) -> PublicKey:
        return self._parsed.public(pem)

    def may_refetch(self, actor: Uri) -> bool:
        """Whether a failed signature may make us ask for this actor's key: once in five minutes."""
        now = self._clock()
        if self._refetched.get(actor, -REFETCH_SECONDS) > now - REFETCH_SECONDS:
            return False
        self._refetched[actor] = now
        self._refetched.move_to_end(actor)
        if len(self._refetched) > self._size:
            self._refetched.popitem(last=False)
        return True
