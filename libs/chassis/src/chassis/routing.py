"""Which routes a path can be meant for, known from its first words: nobody matches two hundred patterns a request."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

WORDS = 3
"""`/api/v1/statuses`: what comes before the part that varies."""


class Signposts:
    """Sends a request to a router of those routes alone that begin as its path does.

    Where no such route exists, and for whatever is not HTTP, all routes are tried in their order.
    """

    def __init__(self, everything: APIRouter) -> None:
        self._everything = everything
        self._routers = {words: _router_of(routes) for words, routes in _by_words(everything.routes).items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._routers.get(_words_of(scope["path"])) if scope["type"] == "http" else None
        await (found or self._everything).app(scope, receive, send)


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Give the application the routes of all routers, in their order. To be called once.

    `include_router` would keep each router as it is and ask one after the other, twice.
    """
    for router in routers:
        app.router.routes.extend(router.routes)
    app.router.middleware_stack = Signposts(app.router)


def _by_words(routes: Sequence[BaseRoute]) -> dict[str, list[BaseRoute]]:
    """Routes that vary within their first words may be meant with any."""
    paths = [getattr(route, "path", "/{anything:path}") for route in routes]
    fixed = [_words_of(path) for path in paths]
    varying = {place for place, words in enumerate(fixed) if "{" in words}
    return {
        words: [route for place, route in enumerate(routes) if fixed[place] == words or place in varying]
        for words in set(fixed)
        if "{" not in words
    }


def _words_of(path: str) -> str:
    return "/".join(path.split("/", WORDS + 1)[: WORDS + 1])


def _router_of(routes: list[BaseRoute]) -> APIRouter:
    router = APIRouter()
    router.routes.extend(routes)
    return router
