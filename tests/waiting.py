"""Waiting for what must come to pass, with a deadline and never for a fixed time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0


async def eventually(look: Callable[[], Awaitable[T]], *, is_: object = None, within: float = PATIENCE) -> T:
    """Look again and again until the answer is `is_`, or true if nothing is named; return it."""
    found: T | None = None
    try:
        async with asyncio.timeout(within):
            while True:
                found = await look()
                if found == is_ if is_ is not None else found:
                    return found
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"it did not come to pass within {within} s; last seen: {found!r}") from None
