"""Redis is a convenience: what is to be done without it is decided by who asks."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from chassis.errors import Unavailable


class RedisAway(Unavailable):
    """Feeds in memory are away; please try again later"""


@contextmanager
def redis_may_be_away() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise RedisAway from error
