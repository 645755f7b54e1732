"""What this process knows of hosts that are not well, a moment old at most."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from delivery.model import Health, Host, State, Unwell

FRESH_FOR: Final = dt.timedelta(seconds=1)
SUCCESSES_NOTED: Final = dt.timedelta(seconds=30)
START: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


class Board:
    """Asked before each delivery, so that what goes well costs no query. PostgreSQL has the last word."""

    def __init__(self) -> None:
        self._unwell: dict[Host, Unwell] = {}
        self._read_at = START
        self._noted_at = START
        self._successes: dict[Host, dt.datetime] = {}

    def must_read(self, now: dt.datetime) -> bool:
        """Whether the asker shall read it anew. Nobody else is told so for a moment."""
        if now - self._read_at < FRESH_FOR:
            return False
        self._read_at = now
        return True

    def show(self, unwell: Iterable[Unwell]) -> None:
        self._unwell = {entry.host: entry for entry in unwell}

    def show_health(self, host: Host, health: Health) -> None:
        """What this process has just found out."""
        self._unwell.pop(host, None)
        if health.state is not State.FAST or health.failures:
            self._unwell[host] = Unwell(host=host, state=health.state, paused=False, failures=health.failures)

    def holds(self, host: Host) -> bool:
        return host in self._unwell and self._unwell[host].holds

    def is_failing(self, host: Host) -> bool:
        """Whether an answer of the host is news."""
        return host in self._unwell and self._unwell[host].failures > 0

    def is_given_up(self, host: Host) -> bool:
        return host in self._unwell and self._unwell[host].state is State.OPEN

    def note_success(self, host: Host, now: dt.datetime) -> None:
        self._successes[host] = now

    def successes_to_note(self, now: dt.datetime) -> dict[Host, dt.datetime]:
        """Hosts that took something since they were last asked for, once in a while."""
        if not self._successes or now - self._noted_at < SUCCESSES_NOTED:
            return {}
        self._noted_at = now
        taken, self._successes = self._successes, {}
        return taken
