"""What many messages ask for within a moment, done once for all of them."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from chassis.errors import Unavailable
from contracts.ids import AccountId, PollId, StatusId


class Batch:
    """Statuses, accounts and polls whose numbers changed, and the word when they are counted."""

    def __init__(self) -> None:
        self.statuses: set[StatusId] = set()
        self.accounts: set[AccountId] = set()
        self.polls: set[PollId] = set()
        self._counted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Until whoever leads is done; fails as they fail."""
        await asyncio.shield(self._counted)

    @contextmanager
    def concluded(self) -> Iterator[None]:
        """Tell the others how it went."""
        try:
            yield
        except BaseException as error:
            self._counted.set_exception(Unavailable() if isinstance(error, asyncio.CancelledError) else error)
            self._counted.exception()  # nobody else may be waiting
            raise
        self._counted.set_result(None)


class Gathering:
    """The batch that is being filled. Whoever opens it does its work and tells the others.

    The messages are acknowledged when their batch is done, so what is gathered in memory is never lost.
    """

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._open: Batch | None = None

    def join(
        self, statuses: Collection[StatusId], accounts: Collection[AccountId], polls: Collection[PollId]
    ) -> tuple[Batch, bool]:
        """The batch that these are part of, and whether the caller has to do its work."""
        leads = self._open is None
        batch = self._open or Batch()
        self._open = batch
        batch.statuses.update(statuses)
        batch.accounts.update(accounts)
        batch.polls.update(polls)
        return batch, leads

    async def close(self, batch: Batch) -> None:
        """Wait a moment for others to join; from then on a new batch is filled."""
        try:
            await asyncio.sleep(self._moment)
        finally:
            if self._open is batch:
                self._open = None
