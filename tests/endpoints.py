"""The table of Mastodon's endpoints: which of them we answer, and which of them the suite has had an answer of."""

import csv
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec
from fastapi import APIRouter

TABLE = Path(__file__).parents[2] / "shared" / "reference" / "endpoints.tsv"

BUILT = (
    "accounts", "announcements", "apps", "async_refreshes", "blocks", "bookmarks", "conversations", "custom_emojis",
    "directory", "domain_blocks", "endorsements", "favourites", "featured_tags", "filters", "follow_requests",
    "followed_tags", "instance", "lists", "markers", "media", "mutes", "notifications", "oauth", "polls",
    "preferences", "profile", "push", "quotes", "reports", "scheduled_statuses", "search", "server", "statuses",
    "streaming", "suggestions", "tags", "timelines", "trends",
)  # fmt: skip
"""Groups of the table that we answer whole."""

OWED = ("current", "deprecated")

REFUSED = {
    "POST /api/v1/accounts/:account_id/email_subscriptions": "nobody can be followed by e-mail here",
    "GET /invite/:invite_code": "nobody is invited by codes here",
}
"""Answered with 404, always, as by a Mastodon that does not offer it."""

PARAMETER = re.compile(r"\(?[:*]\w+\)?|\{\w+(:\w+)?\}")


def template_of(path: str) -> str:
    """Without the names of parameters, which are ours to choose."""
    return PARAMETER.sub("*", path)


class Row(msgspec.Struct, frozen=True):
    """One endpoint. `WS` for its method means a WebSocket whose stream the path's query names."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def template(self) -> str:
        return template_of(urlsplit(self.path).path)

    @property
    def concrete(self) -> str:
        """With something where the parameters are."""
        return self.template.replace("*", "1")

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))


def rows() -> list[Row]:
    """Those of the built groups that are not removed from Mastodon or some fork's own."""
    with TABLE.open(newline="") as table:
        return [
            Row(row["method"], row["path"])
            for row in csv.DictReader(table, delimiter="\t")
            if row["group"] in BUILT and row["status"] in OWED
        ]


def routers_of(package: str) -> list[APIRouter]:
    """All routers of a service."""
    folder = importlib.import_module(f"{package}.routes")
    modules = [
        importlib.import_module(f"{folder.__name__}.{found.name}") for found in pkgutil.iter_modules(folder.__path__)
    ]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, APIRouter)]
    return list({id(router): router for router in found}.values())


class Answered:
    """Which rows gave an answer that was no error."""

    def __init__(self) -> None:
        self.rows: set[str] = set()

    @cached_property
    def _owed(self) -> list[tuple[Row, re.Pattern[str]]]:
        # What is written out is more specific than what is a parameter, and so is a path with a query.
        ordered = sorted(rows(), key=lambda row: (row.template.count("*"), not row.query))
        return [
            (row, re.compile(row.template.replace("*", ".+" if "*any" in row.path else "[^/]+"))) for row in ordered
        ]

    def note(self, method: str, url: str, status: int) -> None:
        parts = urlsplit(url)
        given = parse_qsl(parts.query)
        found = set(self._first(method, parts.path.rstrip("/"), given))
        self.rows |= found if status < 400 else found & REFUSED.keys()

    def _first(self, method: str, path: str, given: list[tuple[str, str]]) -> Iterator[str]:
        for row, pattern in self._owed:
            if row.method == method and pattern.fullmatch(path) and set(row.query.items()) <= set(given):
                yield str(row)
                return
