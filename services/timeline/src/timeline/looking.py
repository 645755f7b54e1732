"""A post that many streams show at the same moment is looked up for all of their viewers together."""

import asyncio
from typing import Final

from msgspec import Raw

from chassis.broadcast import Snapshot
from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from mastoapi import present
from mastoapi.present import MediaUrls
from social.policies.model import Policies
from social.statuses import viewing

AT_ONCE: Final = 4
"""Crowds that are looked after: the other connections are for those who ask over HTTP."""
MOST: Final = 500
"""Viewers in one crowd: for so many PostgreSQL takes some milliseconds, and so do we."""


class Crowd:
    """Who wants to see a status, and what each of them sees."""

    def __init__(self, looks: "Looks", status_id: StatusId) -> None:
        self.viewers: dict[AccountId, None] = {}
        self.shown = asyncio.create_task(looks.look(self, status_id), name="look for a crowd")


class Looks:
    """Two statements for all who come while others are under way, instead of one or five for each.

    Ten thousand sockets that hear of the same post would otherwise stand in line for the same few connections.
    """

    def __init__(self, db: Reader, urls: MediaUrls, policies: Snapshot[Policies]) -> None:
        self._db = db
        self._urls = urls
        self._policies = policies
        self._places = asyncio.Semaphore(AT_ONCE)
        self._gathering: dict[StatusId, Crowd] = {}

    async def shown(self, status_id: StatusId, viewer: AccountId) -> Raw | None:
        """The status as this viewer sees it, if they may and want to; nothing that was true only before they asked."""
        crowd = self._gathering.get(status_id)
        if crowd is None:
            crowd = self._gathering[status_id] = Crowd(self, status_id)
        crowd.viewers[viewer] = None
        if len(crowd.viewers) == MOST:
            self._close(crowd, status_id)
        # Whoever hangs up must not take the others' answer along.
        return (await asyncio.shield(crowd.shown)).get(viewer)

    async def look(self, crowd: Crowd, status_id: StatusId) -> dict[AccountId, Raw]:
        async with self._places:
            self._close(crowd, status_id)
            seen = await viewing.seen_by_each(self._db, status_id, list(crowd.viewers))
            shown = {}
            # One after the other: what the first needs rendered is there for the others.
            for viewer, known in seen.items():
                found = await present.statuses(
                    self._db,
                    [status_id],
                    viewer,
                    self._urls,
                    unasked=True,
                    policies=self._policies.value,
                    seen=known,
                )
                if found:
                    shown[viewer] = found[0]
            return shown

    def _close(self, crowd: Crowd, status_id: StatusId) -> None:
        """Who comes from now on is another crowd."""
        if self._gathering.get(status_id) is crowd:
            del self._gathering[status_id]
