"""The one route table, `deploy/routes.json`: which service answers which path."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from native.home import REPOSITORY

ROUTES_FILE = REPOSITORY / "deploy" / "routes.json"


@dataclass(frozen=True)
class Route:
    """A path with everything beneath it, and the service that answers."""

    prefix: str
    service: str

    def covers(self, path: str) -> bool:
        return path == self.prefix or path.startswith(f"{self.prefix}/")


@dataclass(frozen=True)
class RouteTable:
    """The routes, the longest prefix first."""

    routes: tuple[Route, ...]
    rest: str
    hidden: tuple[str, ...]
    max_body: dict[str, str]

    def service_of(self, path: str) -> str | None:
        """The service that the edge sends the path to; None if it keeps it to itself."""
        if any(Route(prefix, "").covers(path) for prefix in self.hidden):
            return None
        return next((route.service for route in self.routes if route.covers(path)), self.rest)

    def runs(self) -> list[tuple[str, list[str]]]:
        """Neighbouring routes of one service together: what a list of matchers needs."""
        grouped: list[tuple[str, list[str]]] = []
        for route in self.routes:
            if not grouped or grouped[-1][0] != route.service:
                grouped.append((route.service, []))
            grouped[-1][1].append(route.prefix)
        return grouped


def load(path: Path = ROUTES_FILE) -> RouteTable:
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    routes = [Route(prefix, service) for service, prefixes in table["routes"].items() for prefix in prefixes]
    # Within one length the service decides, so that each gets as few matchers as possible.
    routes.sort(key=lambda route: (-route.prefix.count("/"), route.service, route.prefix))
    return RouteTable(
        routes=tuple(routes), rest=table["rest"], hidden=tuple(table["hidden"]), max_body=table["max_body"]
    )
