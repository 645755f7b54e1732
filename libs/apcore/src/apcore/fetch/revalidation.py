"""Documents that are asked for again: the host says whether they changed, and sends them only then."""

from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from apcore.fetch.metrics import UNCHANGED
from apcore.fetch.model import Body

LONGEST_VALIDATOR = 256


class Seen(msgspec.Struct, frozen=True):
    body: Body
    asked_with: dict[str, str]
    """What the next request asks by."""


class Revalidation:
    """The newest documents with a validator, as far as they are small; by who asks, as others may be shown others."""

    def __init__(self, documents: int, largest: int) -> None:
        self._documents = documents
        self._largest = largest
        self._seen: OrderedDict[str, Seen] = OrderedDict()

    def conditions(self, name: str) -> dict[str, str]:
        return self._seen[name].asked_with if name in self._seen else {}

    def unchanged(self, name: str) -> Body | None:
        """What the host says is still so."""
        if name not in self._seen:
            return None
        self._seen.move_to_end(name)
        UNCHANGED.inc()
        return self._seen[name].body

    def keep(self, name: str, body: Body, headers: Mapping[str, str]) -> None:
        self._seen.pop(name, None)
        asked_with = {
            condition: headers[validator]
            for condition, validator in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            if 0 < len(headers.get(validator, "")) <= LONGEST_VALIDATOR
        }
        if asked_with and len(body.content) <= self._largest:
            self._seen[name] = Seen(body, asked_with)
            if len(self._seen) > self._documents:
                self._seen.popitem(last=False)
