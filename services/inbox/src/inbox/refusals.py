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
HEADERS = {401: CHALLENGE, 429: {"Retry-After": "60"}, 503: {"Retry-After": "300"}}


def refused(reason: str, explanation: str) -> HTTPException:
    """The answer to raise; `reason` is one of a few words for the metric."""
    REFUSED.labels(reason).inc()
    status = STATUS_OF[reason]
    return HTTPException(status, explanation, HEADERS.get(status))
