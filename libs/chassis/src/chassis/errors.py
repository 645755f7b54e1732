"""Five kinds of failure. HTTP and the message consumer each decide once what a kind means.

    kind          HTTP   consumer
    NotFound      404    acknowledge
    Forbidden     403    acknowledge
    Conflict      409    acknowledge
    Invalid       422    acknowledge
    Unavailable   503    retry with backoff
    other         500    park in the dead letters

A subclass's docstring is the text that a client sees unless an instance brings its own.
"""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):  # noqa: N818  # not every failure is an error of ours
    """A failure that we expected and can explain to the caller."""

    @property
    def explanation(self) -> str:
        """The text for a stranger: never a secret, never a stack."""
        return str(self) or (type(self).__doc__ or "").strip()

    @property
    def details(self) -> Mapping[str, Any] | None:
        """What a program wants to know besides; most failures have nothing to add."""
        return None


class NotFound(Problem):
    """Record not found"""


class Forbidden(Problem):
    """You are not allowed to do that"""


class Invalid(Problem):
    """The request can never succeed as it stands"""


class Conflict(Problem):
    """The request contradicts the present state"""


class Unavailable(Problem):
    """Something we depend on is away; please try again later"""


class Unauthenticated(Problem):
    """The access token is invalid"""
