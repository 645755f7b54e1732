"""What may be configured in timeline."""

import datetime as dt

from pydantic import Field

from chassis.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """Settings of timeline."""

    feed_days: int = Field(default=14, ge=1)
    """Whoever did not look for so many days has no feed kept; it is built anew when they return."""
    fan_out_chunk: int = Field(default=500, ge=1)
    """How many followers one job writes a post to."""
    count_after: float = Field(default=0.25, ge=0)
    """Seconds for which changes are gathered before their numbers are counted again, once for all of them."""
    stream_backlog: int = Field(default=256, ge=1)
    """How far a streaming client may fall behind before it is cut off."""

    @property
    def feed_age(self) -> dt.timedelta:
        return dt.timedelta(days=self.feed_days)
