"""Access tokens as they come in with requests: looked up once, remembered for a few seconds."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chassis.broadcast import Hearing
from chassis.db import Reader
from contracts.events import AccountSanctioned, AccountUpdated, TokenRevoked
from contracts.ids import AccountId
from social.oauth import store
from social.oauth.model import Bearer, hash_of

BEARER = "murmuration.bearer"
"""Where a request's scope says who comes with it, once somebody has looked that up."""
KEEP_SECONDS = 5.0
KEEP_MOST = 10_000


class _Known(msgspec.Struct, frozen=True):
    bearer: Bearer
    until: float


class Tokens:
    """Who holds which token. Unknown tokens are not remembered: one may be issued the next moment."""

    def __init__(self, db: Reader, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def bearer(self, secret: str) -> Bearer | None:
        """All that the token tells; None if it is unknown or revoked."""
        key = hash_of(secret)
        known = self._known.get(key)
        if known is not None and known.until > self._clock():
            return known.bearer
        bearer = await store.bearer_of(self._db, key)
        if bearer is None:
            self._known.pop(key, None)
            return None
        self._known[key] = _Known(bearer, self._clock() + KEEP_SECONDS)
        self._known.move_to_end(key)
        if len(self._known) > KEEP_MOST:
            self._known.popitem(last=False)
        return bearer

    def forget(self, account_id: AccountId) -> None:
        """The account has changed: its next request sees it as it is now."""
        for key in [k for k, known in self._known.items() if known.bearer.token.account_id == account_id]:
            del self._known[key]

    @property
    def hearings(self) -> Sequence[Hearing[Any]]:
        """What the service's broadcast listens to for our sake."""
        return (
            Hearing(TokenRevoked, self._on_revoked, self._start_afresh),
            Hearing(AccountUpdated, self._on_changed, self._start_afresh),
            Hearing(AccountSanctioned, self._on_changed, self._start_afresh),
        )

    async def _on_revoked(self, event: TokenRevoked) -> None:
        for key in [k for k, known in self._known.items() if known.bearer.token.id == event.token_id]:
            del self._known[key]

    async def _on_changed(self, event: AccountUpdated | AccountSanctioned) -> None:
        self.forget(event.account_id)

    async def _start_afresh(self) -> None:
        self._known.clear()
