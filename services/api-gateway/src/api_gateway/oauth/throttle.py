"""How often somebody may try to sign in, or an app to register. Without Redis nobody is held up."""

import hashlib

from starlette.exceptions import HTTPException

from mastoapi.limits import REFUSED, Limit, Meter
from mastoapi.networks import network_of

MINUTES = 60


class TooManyRegistrations(HTTPException):
    def __init__(self) -> None:
        super().__init__(429, "Too many requests")


async def may_sign_in(meter: Meter, address: str, email: str) -> bool:
    """Both the one who guesses and the one who is guessed are counted."""
    return await _is_within(
        meter,
        Limit("sign-in-from", network_of(address), 25, 5 * MINUTES),
        Limit("sign-in-as", _unreadable(email), 25, 60 * MINUTES),
    )


async def may_register(meter: Meter, address: str) -> bool:
    return await _is_within(meter, Limit("registration", network_of(address), 25, 10 * MINUTES))


async def _is_within(meter: Meter, *limits: Limit) -> bool:
    exceeded = [s.limit.name for s in await meter.count(limits) if s.is_exceeded] if meter.is_on else []
    for name in exceeded:
        REFUSED.labels(name).inc()
    return not exceeded


def _unreadable(email: str) -> str:
    """Redis need not know who signs in."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
