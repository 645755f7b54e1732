"""What delivery speaks of: bodies, hosts and their health, deliveries that wait, what a peer answered."""

import datetime as dt
import functools
from collections.abc import Mapping
from enum import StrEnum
from typing import NewType

import msgspec

from apcore import jsonld
from contracts.ids import AccountId, Uri

Host = NewType("Host", str)
"""Where an inbox is, with its port if that is unusual: what fails together and recovers together."""

BodyId = NewType("BodyId", int)


@functools.lru_cache(maxsize=16_384)
def host_of(inbox_url: str) -> Host:
    return Host(jsonld.host_of(inbox_url))


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """An activity as it goes over the wire."""

    id: BodyId
    activity_uri: Uri
    sender_id: AccountId
    content: bytes
    happened_at: dt.datetime
    withdrawn_at: dt.datetime | None
    for_followers: bool = False
    """Whether its sender's followers alone may read it: a reason to make sure who they are."""


class Followers(msgspec.Struct, frozen=True, kw_only=True):
    """Who follows one of our accounts, as a digest for each host; no `collection` when that is not to be told."""

    collection: str | None
    digests: Mapping[str, str]


class Recipient(msgspec.Struct, frozen=True):
    """An inbox, and the domain whose policy decides whether it gets anything."""

    inbox_url: str
    domain: str
    named: bool = False
    """Whether it is somebody's who is spoken to, and not only a follower's."""


class State(StrEnum):
    FAST = "fast"
    """Each delivery goes straight out."""
    SLOW = "slow"
    """It answers, and deliveries queue up: one visitor carries them in order."""
    WAITING = "waiting"
    """It asked us to wait."""
    OPEN = "open"
    """It does not answer: everything is held, and one delivery at a time probes it."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How a host fares."""

    state: State = State.FAST
    failures: int = 0
    """Since the last answer."""
    failing_since: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    probes: int = 0
    """That failed since it opened."""
    next_visit_at: dt.datetime | None = None


class Unwell(msgspec.Struct, frozen=True, kw_only=True):
    """A host that needs attention before something is sent to it."""

    host: Host
    state: State
    paused: bool
    failures: int

    @property
    def holds(self) -> bool:
        return self.paused or self.state is not State.FAST


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that waits: for a time of its own (`due_at`), or for its host."""

    body_id: BodyId
    inbox_url: str
    host: Host
    attempts: int
    challenged: bool
    due_at: dt.datetime | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that waits, with what it delivers."""

    inbox_url: str
    attempts: int
    challenged: bool
    body: Body


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that waited and goes back to work."""

    body_id: BodyId
    inbox_url: str
    attempts: int
    challenged: bool


class Delivered(msgspec.Struct, frozen=True):
    status: int


class Refused(msgspec.Struct, frozen=True):
    """It will never work: the peer, a rule of ours, or the address is against it."""

    reason: str


class Challenged(msgspec.Struct, frozen=True):
    """The peer does not believe our signature. It may not have been able to fetch our key."""


class Postponed(msgspec.Struct, frozen=True):
    """The peer asks us to come back later."""

    wait: dt.timedelta


class Failed(msgspec.Struct, frozen=True):
    """It may work later. `answered` tells a host that fails from one that is not there."""

    reason: str
    answered: bool = False


class Setback(msgspec.Struct, frozen=True):
    """A delivery that is to be tried again."""

    delivery: Wait
    outcome: Challenged | Postponed | Failed


Outcome = Delivered | Refused | Challenged | Postponed | Failed
