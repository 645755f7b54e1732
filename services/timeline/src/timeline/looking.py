"""What many streams show at the same moment is looked up for all of their viewers together."""

import asyncio
from collections.abc import Mapping
from typing import Final

from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from social.statuses import viewing
from social.statuses.model import Seen

AT_ONCE: Final = 4
"""Statements under way: the other connections are for those who ask over HTTP."""
MOST: Final = 500
"""Viewers in one statement: PostgreSQL takes some milliseconds for so many."""


class Crowd:
    """Who wants to see a status, and what they find."""

    def __init__(self, looks: "Looks", status_id: StatusId) -> None:
        self.viewers: list[AccountId] = []
        self.found = asyncio.create_task(looks.look(self, status_id), name="look for a crowd")


class Looks:
    """One statement for all who come while others are under way, instead of one for each.

    Ten thousand sockets that hear of the same post would otherwise stand in line for the same few connections.
    """

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._places = asyncio.Semaphore(AT_ONCE)
        self._gathering: dict[StatusId, Crowd] = {}

    async def seen(self, status_id: StatusId, viewer: AccountId) -> Mapping[StatusId, Seen]:
        """As `viewing.seen` of this status for this viewer; as true as a statement that began after the question."""
        crowd = self._gathering.get(status_id)
        if crowd is None:
            crowd = self._gathering[status_id] = Crowd(self, status_id)
        crowd.viewers.append(viewer)
        if len(crowd.viewers) == MOST:
            del self._gathering[status_id]
        # Whoever hangs up must not take the others' answer along.
        return (await asyncio.shield(crowd.found))[viewer]

    async def look(self, crowd: Crowd, status_id: StatusId) -> dict[AccountId, dict[StatusId, Seen]]:
        async with self._places:
            # Who comes from now on is another crowd: it must not see what was true before it asked.
            if self._gathering.get(status_id) is crowd:
                del self._gathering[status_id]
            return await viewing.seen_by_each(self._db, status_id, crowd.viewers)
