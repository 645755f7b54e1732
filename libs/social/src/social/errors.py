"""What the domain refuses, in its own words."""

from chassis.errors import Forbidden, Invalid, NotFound


class NoSuchRecord(NotFound):
    """Record not found"""


class NoSuchStatus(NoSuchRecord):
    """Record not found"""


class NoSuchAccount(NoSuchRecord):
    """Record not found"""


class NotAllowed(Forbidden):
    """You are not allowed to do that"""


class ValidationFailed(Invalid):
    """Validation failed"""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Validation failed: {reason}")
