"""Which of our addresses the pages of others may read: the API, from anywhere."""

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EXPOSED: Final = (
    "Link",
    "X-RateLimit-Reset",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-Request-Id",
    "Mastodon-Async-Refresh",
)
OPEN: Final = ("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/", "/nodeinfo/", "/media/")


# What CORSMiddleware says to anybody, at a tenth of its cost: it is for preflights alone.
_TOLD: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
]
_UNTOLD: Final = [(b"vary", b"Origin")]


class Cors:
    """ASGI middleware. Pages that use the sign-in cookie stay closed: no credentials cross origins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._preflight = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=METHODS, allow_headers=["*"], max_age=86400
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await self._preflight(scope, receive, send)
        else:
            is_asked = any(name == b"origin" for name, _ in scope["headers"])
            await self._app(scope, receive, _telling(send, _TOLD if is_asked else _UNTOLD))


def _telling(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = message.get("headers", ())
            # A file says for itself that it is everybody's, and browsers refuse to hear it twice.
            more = [header for header in headers if header not in said]
            message["headers"] = [*said, *more]
        await send(message)

    return tell
