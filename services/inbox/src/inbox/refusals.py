"""How a request of another server is refused, and counted."""

from starlette.exceptions import HTTPException

from inbox.metrics import REFUSED

CHALLENGE = {"WWW-Authenticate": 'Signature realm="ActivityPub", headers="(request-target) host date digest"'}

STATUS_OF = {
    "too_large": 413,
    "too_slow": 408,
    "not_json": 400,
    "content_type": 400,
    "malformed": 422,
    "suspended": 403,
    "no_signature": 401,
    "signature": 401,
    "digest": 400,
    "key_host": 401,
    "no_key": 401,
    "wrong_host": 401,
    "lane_full": 503,
    "too_many_hosts": 429,
    "too_many": 429,
}
RETRY_AFTER = {"lane_full": "300", "too_many_hosts": "300", "too_many": "60"}
"""In seconds."""


def refused(reason: str, explanation: str) -> HTTPException:
    """The answer to raise; `reason` is one of a few words for the metric."""
    REFUSED.labels(reason).inc()
    status = STATUS_OF[reason]
    headers = CHALLENGE if status == 401 else {}
    return HTTPException(status, explanation, headers | _patience(reason))


def _patience(reason: str) -> dict[str, str]:
    return {"Retry-After": RETRY_AFTER[reason]} if reason in RETRY_AFTER else {}
