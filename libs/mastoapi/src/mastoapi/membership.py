"""A server whose federation is limited shows itself to its own people alone."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.db import AWAY
from chassis.errors import Unavailable
from chassis.http import Json
from mastoapi.tokens import Tokens

OPEN: Final = frozenset({"/api/v2/instance"})
"""What anybody is told: that there is a server."""
STREAMS: Final = "/api/v1/streaming"
"""Their tokens may stand in the address; they are asked for there."""
JOINING: Final = frozenset(
    {
        ("POST", "/api/v1/apps"),
        ("GET", "/api/v1/apps/verify_credentials"),
        ("POST", "/api/v1/accounts"),
        ("POST", "/api/v1/emails/confirmations"),
        ("GET", "/api/v1/emails/check_confirmation"),
    }
)
"""What comes before there is a person: these have their own checks."""
REFUSAL: Final = "This API requires an authenticated user"


def is_for_anybody(method: str, path: str) -> bool:
    """Whether the request may come from somebody who is not one of our people."""
    if not path.startswith("/api/") or path.startswith(STREAMS) or method == "OPTIONS":
        return True
    return path in OPEN or (method, path) in JOINING


class MembersOnly:
    """ASGI middleware: 401 for whoever shows no token of a person of ours."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and not is_for_anybody(scope["method"], scope["path"])
        refusal = await self._refusal(scope) if is_asked else None
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Json | None:
        kind, _, secret = Headers(scope=scope).get("Authorization", "").partition(" ")
        try:
            bearer = await self._tokens.bearer(secret.strip()) if kind.lower() == "bearer" else None
        except AWAY:
            return Json({"error": Unavailable().explanation}, 503, headers={"Retry-After": "5"})
        return None if bearer is not None and bearer.user is not None else Json({"error": REFUSAL}, 401)
