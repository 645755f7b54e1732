"""What is rendered once and shown to many: pieces of JSON, kept in memory as long as they are true.

Each is kept with the version that the rows had, and shown only to whoever finds that version again. Which viewer may
see what is never remembered here.
"""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

import msgspec

from contracts.ids import AccountId, StatusId
from mastoapi.entities.accounts import Account, CustomEmoji
from social.filters.matching import Filters
from social.polls.model import Poll
from social.quotes.model import Policy

MIB = 1024 * 1024
STATUSES_BYTES = 48 * MIB
WHOLES_BYTES = 32 * MIB
ACCOUNTS_BYTES = 16 * MIB
FILTERS_BYTES = 8 * MIB
OVERHEAD = 400
"""What a fragment takes besides its bytes, about."""


class Sized(Protocol):
    @property
    def size(self) -> int: ...


class StatusFragment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A status without its numbers, its author, and whatever depends on who looks."""

    words: bytes
    """Members of the JSON object, without its braces."""
    application: bytes
    """`,"application":{…}`, or nothing."""
    shows_application: bool
    """To others than the author."""
    policy: Policy
    approvers: bytes
    """`"automatic":[…],"manual":[…]`."""
    text: str
    """What filters search."""
    poll: Poll | None
    poll_emojis: list[CustomEmoji]
    poll_json: bytes
    """The poll as it is to whoever did not vote, up to what says so."""

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.words) + 2 * len(self.text) + len(self.poll_json)


class AccountFragment(msgspec.Struct, frozen=True):
    """A whole account."""

    entity: Account
    json: bytes
    shows_application: bool
    """Whether others may see what they post with."""

    @property
    def size(self) -> int:
        return OVERHEAD + 3 * len(self.json)


class WholeStatus(msgspec.Struct, frozen=True, gc=False):
    """A status as it was last shown."""

    json: bytes

    @property
    def size(self) -> int:
        return 3 * OVERHEAD + len(self.json)


class FiltersFragment(msgspec.Struct, frozen=True):
    """The filters of one viewer, taken apart."""

    filters: Filters

    @property
    def size(self) -> int:
        return OVERHEAD * (1 + len(self.filters.sieves))


K = TypeVar("K")
V = TypeVar("V", bound=Sized)


class Shelf(Generic[K, V]):
    """The newest known version of each thing; the least recently wanted make room."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[K, tuple[object, V]] = OrderedDict()
        self.bytes = 0

    def get(self, key: K, version: object) -> V | None:
        """Only of exactly this version."""
        found = self._kept.get(key)
        if found is None or found[0] != version:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: K, version: object, value: V) -> None:
        if (old := self._kept.pop(key, None)) is not None:
            self.bytes -= old[1].size
        self._kept[key] = (version, value)
        self.bytes += value.size
        while self.bytes > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.bytes -= dropped.size


class Fragments:
    """All that one process keeps."""

    def __init__(self) -> None:
        self.statuses: Shelf[StatusId, StatusFragment] = Shelf(STATUSES_BYTES)
        self.wholes: Shelf[StatusId, WholeStatus] = Shelf(WHOLES_BYTES)
        self.accounts: Shelf[AccountId, AccountFragment] = Shelf(ACCOUNTS_BYTES)
        self.filters: Shelf[AccountId, FiltersFragment] = Shelf(FILTERS_BYTES)
