"""What others do to the same rows at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from chassis.errors import Unavailable


class ChangedMeanwhile(Unavailable):
    """What this is about was deleted or made by somebody else at the same moment"""


@contextmanager
def meeting_others() -> Iterator[None]:
    """The work within is tried again when it met somebody else's."""
    try:
        yield
    except (asyncpg.ForeignKeyViolationError, asyncpg.UniqueViolationError) as race:
        raise ChangedMeanwhile from race
