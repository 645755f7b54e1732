"""A page of a list that grows at its head: newest first, bounded by ids."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Mastodon's three bounds: `min_id` pages forward (oldest of the newer ones), the others back."""

    limit: int
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @property
    def after(self) -> int | None:
        """The exclusive lower bound, whichever parameter gave it."""
        return self.min_id if self.min_id is not None else self.since_id

    @property
    def forward(self) -> bool:
        return self.min_id is not None

    def newest_first(self, items: list[T]) -> list[T]:
        """Going forward, the oldest are found first."""
        return items[::-1] if self.forward else items
