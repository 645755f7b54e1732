"""Points in time as clients parse them."""

import datetime as dt


def timestamp(at: dt.datetime) -> str:
    """Milliseconds, always: some clients parse nothing else."""
    return f"{at.astimezone(dt.UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def timestamp_or_none(at: dt.datetime | None) -> str | None:
    return timestamp(at) if at is not None else None


def midnight(at: dt.datetime) -> str:
    """The day alone, in the shape of a timestamp: when somebody joined is nobody's business to the second."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d}T00:00:00.000Z"
