"""What may be configured in delivery."""

import datetime as dt
from typing import Annotated

from pydantic import Field
from pydantic_settings import NoDecode

from chassis.settings import CommaSeparated
from chassis.settings import Settings as SharedSettings
from delivery.rules import Rules

Seconds = Annotated[float, Field(gt=0)]


class Settings(SharedSettings):
    """Settings of delivery. The defaults suit a real server; tests are less patient."""

    delivery_retries: Annotated[tuple[Seconds, ...], NoDecode, CommaSeparated] = (5, 25, 90)
    """Seconds before the second, third, … try, while the host is not given up."""
    delivery_failures: int = Field(default=5, ge=1)
    """Failures in a row after which a host is given up, if they came over at least the next setting."""
    delivery_failing_seconds: float = Field(default=10, ge=0)
    delivery_first_probe_seconds: Seconds = 30
    """How long a host that was given up is left alone at first; doubled at each failure."""
    delivery_longest_probe_seconds: Seconds = 12 * 3600
    delivery_challenge_seconds: Seconds = 30
    """Before a delivery whose signature was not believed is tried once more."""
    delivery_wake_seconds: float = Field(default=30, ge=0)
    """A sign of life brings the next probe forward, but not sooner than this after the last failure."""
    delivery_days: float = Field(default=7, gt=0)
    """For how long deliveries are held for a host that stays away."""

    delivery_deadline_seconds: Seconds = 15
    """For one POST, connecting included."""
    delivery_patience_seconds: Seconds = 0.3
    """After this, others get the place of a delivery that is still on its way."""
    delivery_stragglers: int = Field(default=1000, ge=1)
    """As many may be on their way without a place, in each process; then no new ones are begun."""
    delivery_strands: int = Field(default=64, ge=1)
    """In how many strands a large fan-out goes out: eight for each worker that shall be busy with a single one."""
    delivery_per_host: int = Field(default=8, ge=1)
    """POSTs to one host at a time, in each process."""
    delivery_standing_hosts: int = Field(default=500, ge=0)
    """With so many hosts each process keeps connections open between deliveries: about 100 KB each."""
    delivery_crowd: int = Field(default=32, ge=1)
    """This many more may wait for their turn in a process; then the host is slow and the rest is held."""
    delivery_visit_batch: int = Field(default=8, ge=1)
    """Held deliveries carried to a host at a time, those of one sender one after the other."""
    delivery_visit_seconds: Seconds = 20
    """How long a visit lasts before others get a turn."""
    delivery_release_per_second: float = Field(default=50, gt=0)
    """How fast what was held goes out to a host that is back."""

    make_ld_signatures: bool = True
    """Whether what our people say to everybody carries an LD signature, which relays and older servers believe it by.
    With `authorized_fetch` it never does."""

    delivery_remembered_bodies: int = Field(default=2000, ge=1)
    delivery_remembered_senders: int = Field(default=5000, ge=1)
    delivery_remembered_styles: int = Field(default=10_000, ge=1)
    """Hosts known to take RFC 9421 signatures and not the older ones."""

    @property
    def rules(self) -> Rules:
        return Rules(
            retries=tuple(dt.timedelta(seconds=wait) for wait in self.delivery_retries),
            failures=self.delivery_failures,
            failing_for=dt.timedelta(seconds=self.delivery_failing_seconds),
            first_probe=dt.timedelta(seconds=self.delivery_first_probe_seconds),
            longest_probe=dt.timedelta(seconds=self.delivery_longest_probe_seconds),
            challenge=dt.timedelta(seconds=self.delivery_challenge_seconds),
        )
