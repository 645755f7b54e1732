"""What may be configured in moderation."""

from chassis.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """Nothing of its own so far."""
