"""What clients are told of a walk through a thread that they opened: how far it is, and when to ask again."""

import datetime as dt
from typing import Final

from mastoapi.entities.refreshes import AsyncRefresh
from social.walks.model import Walk

HEADER: Final = "Mastodon-Async-Refresh"
RETRY_SECONDS: Final = 3
"""When a client should ask how far it is."""


def refresh_of(walk: Walk, now: dt.datetime) -> AsyncRefresh:
    return AsyncRefresh(id=walk.id, status="finished" if walk.is_over(now) else "running", result_count=walk.found)


def header_of(walk: Walk | None, now: dt.datetime) -> dict[str, str]:
    """What stands beside an answer that may soon be fuller."""
    if walk is None or walk.is_over(now):
        return {}
    return {HEADER: f'id="{walk.id}", retry={RETRY_SECONDS}, result_count={walk.found}'}
