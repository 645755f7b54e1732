"""Work in the background whose end a client may wait for."""

from typing import Literal

from msgspec import Struct


class AsyncRefresh(Struct, frozen=True, kw_only=True):
    id: str
    status: Literal["running", "finished"]
    result_count: int | None


class AsyncRefreshes(Struct, frozen=True, kw_only=True):
    async_refresh: AsyncRefresh
