"""Which routes a path can be meant for, known from its first words: nobody matches two hundred patterns a request."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.answering import answer_of

WORDS = 3
"""`/api/v1/statuses`: what comes before the part that varies."""


class Signposts:
    """Sends a request to the first route that it matches, of those alone that begin as its path does.

    Where no such route exists, and for whatever is not HTTP, all routes are tried in their order.
    """

    def __init__(self, everything: APIRouter) -> None:
        self._everything = everything
        self._near: dict[str, list[tuple[Route, ASGIApp]]] = {
            words: [(route, answer_of(route) or route.handle) for route in routes if isinstance(route, Route)]
            for words, routes in _by_words(everything.routes).items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for route, answer in self._near.get(_words_of(scope["path"]), ()):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    await answer(scope, receive, send)
                    return
        await self._everything.app(scope, receive, send)


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
