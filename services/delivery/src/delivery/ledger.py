"""What became of deliveries and is not written down yet: for operators, who can spare the last seconds of a process."""

import datetime as dt
from collections import Counter
from typing import Final

import msgspec

from delivery.model import Body, BodyId, Delivered, Failed, Host, Outcome, Refused, host_of

WRITTEN_EVERY: Final = dt.timedelta(seconds=5)
TRIES_WRITTEN_EVERY: Final = dt.timedelta(seconds=30)
"""Of hosts there are many more than of activities at a time."""
START: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


class Notes(msgspec.Struct, frozen=True):
    """A few seconds of deliveries."""

    arrived: dict[BodyId, int]
    refused: dict[tuple[BodyId, str], str]
    """The reasons, by activity and inbox."""
    hosts: dict[Host, tuple[int, int]]
    """How many tries arrived there, and how many failed."""


class Ledger:
    """Notes each outcome; hands out what has gathered once in a while."""

    def __init__(self) -> None:
        self._arrived: Counter[BodyId] = Counter()
        self._refused: dict[tuple[BodyId, str], str] = {}
        self._well: Counter[Host] = Counter()
        self._ill: Counter[Host] = Counter()
        self._taken_at = START
        self._tries_taken_at = START

    def note(self, body: Body, inbox_url: str, outcome: Outcome) -> None:
        match outcome:
            case Delivered():
                self._arrived[body.id] += 1
                self._well[host_of(inbox_url)] += 1
            case Refused(reason):
                self._refused[body.id, inbox_url] = reason
            case Failed():
                self._ill[host_of(inbox_url)] += 1
            case _:
                pass

    def take(self, now: dt.datetime) -> Notes | None:
        """What came since the last time, if that is long enough ago."""
        if now - self._taken_at < WRITTEN_EVERY or not (self._arrived or self._refused or self._ill or self._well):
            return None
        self._taken_at = now
        notes = Notes(dict(self._arrived), dict(self._refused), self._take_tries(now))
        self._arrived.clear()
        self._refused.clear()
        return notes

    def _take_tries(self, now: dt.datetime) -> dict[Host, tuple[int, int]]:
        if now - self._tries_taken_at < TRIES_WRITTEN_EVERY:
            return {}
        self._tries_taken_at = now
        hosts = {host: (self._well[host], self._ill[host]) for host in {*self._well, *self._ill}}
        self._well.clear()
        self._ill.clear()
        return hosts
