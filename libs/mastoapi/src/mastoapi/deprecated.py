"""What is still answered although something better took its place."""

import datetime as dt


def since(day: dt.date) -> dict[str, str]:
    """The header that says so (RFC 9745), for `Json(…, headers=deprecated.since(…))`."""
    begin = dt.datetime.combine(day, dt.time(), dt.UTC)
    return {"Deprecation": f"@{int(begin.timestamp())}"}
