"""What a service tells itself: work to be done, as opposed to facts to be known.

The jobs themselves live in each service's `jobs.py`; only their common root is here, so that the bus
and the outbox can carry both.
"""

import msgspec


class Job(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Work for one queue of the service that enqueues it. The tag is `<service>.<verb>`."""
