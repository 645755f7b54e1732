"""What may be configured in timeline."""

import datetime as dt
from typing import Self

from pydantic import Field, model_validator

from chassis.settings import Settings as SharedSettings

LONGEST_JOB = 15
"""Seconds that a chunk may take at the pace: two share it, and after a minute a job is given up."""


class Settings(SharedSettings):
    """Settings of timeline."""

    feed_days: int = Field(default=14, ge=1)
    """Whoever did not look for so many days has no feed kept; it is built anew when they return."""
    feed_patience: float = Field(default=1.0, ge=0)
    """Seconds that a request waits for a missing home feed to be built; then it is answered 206, to be asked again."""
    fan_out_chunk: int = Field(default=2000, ge=1)
    """How many followers one job writes a post to."""
    fan_out_rate: float = Field(default=8_000, gt=0)
    """Feeds that one worker writes to in a second while a post goes to many, so that whoever reads is not held up."""
    merged_above: int = Field(default=150_000, ge=0)
    """Authors with so many followers here are not written into homes; their posts are merged in when homes are read."""
    merged_after: float = Field(default=90, ge=0)
    """Seconds from when that is found until their posts are not written any more: all processes know of it by then."""
    count_after: float = Field(default=0.25, ge=0)
    """Seconds for which changes are gathered before their numbers are counted again, once for all of them."""
    stream_backlog: int = Field(default=256, ge=1)
    """How far a streaming client may fall behind before it is cut off."""
    push_deadline_seconds: float = Field(default=10, gt=0)
    """How long a push service may take to answer."""
    push_per_host: int = Field(default=32, ge=1)
    """Connections to one push service at once: there are few of them, and each serves many telephones."""

    @model_validator(mode="after")
    def _tokens_are_sealed(self) -> Self:
        if not self.secret_key.get_secret_value():
            raise ValueError("MURMURATION_SECRET_KEY is empty, but pushes need it: set the same as for api-gateway")
        return self

    @model_validator(mode="after")
    def _a_job_ends_in_time(self) -> Self:
        if self.fan_out_chunk > LONGEST_JOB * self.fan_out_rate:
            raise ValueError("MURMURATION_FAN_OUT_CHUNK feeds take too long for one job at MURMURATION_FAN_OUT_RATE")
        return self

    @property
    def settles_after(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.merged_after)

    @property
    def feed_age(self) -> dt.timedelta:
        return dt.timedelta(days=self.feed_days)
