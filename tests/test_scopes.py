"""Each endpoint asks for the scope that Mastodon's asks for, and for a token of the same kind."""

import csv
import inspect
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import endpoints
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from test_endpoints import SERVICES

Asked = tuple[str, frozenset[str]]
"""Whose token, and which scopes, any of which will do."""

NOBODYS: Asked = ("none", frozenset())
KINDS = {"accepts": "app", "requires": "user", "welcomes": "none+user"}

# The table says `follow` where the old scope will do as well; so do our `read:follows` and the like, always.
OLD_SCOPE = "follow"

DELIBERATE = {
    "GET /api/v1/accounts/:id/featured_tags": "whoever the account blocks sees none: their token is looked at",
    "GET /api/v1/directory": "whom the viewer blocks or mutes is left out: their token is looked at",
    "GET /api/v1/trends/links": "in the languages of the viewer: their token is looked at",
    "POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke": "`id` in the table is a parameter's name, no scope",
    "DELETE /oauth/authorize": "a form with a cookie, not a token",
    "POST /oauth/authorize": "a form with a cookie, not a token",
    "GET /oauth/authorize/native": "a page with a cookie, not a token",
    "GET /oauth/authorized_applications": "a page with a cookie, not a token",
    "DELETE /oauth/authorized_applications/:id": "a form with a cookie, not a token",
    "POST /oauth/introspect": "apps say who they are with their secret, in the form or the header",
    "GET /health": "Caddy answers for itself",
}
AT_THE_SOCKET = "/api/v1/streaming/"
"""Tokens of streams may be in the query, too, and each stream has a scope: tests/timeline/test_streams.py."""


def wanted() -> Iterator[tuple[str, str, str, Asked]]:
    """Row, method, template, and what the table says."""
    with endpoints.TABLE.open(newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            name = f"{row['method']} {row['path']}"
            if row["group"] not in endpoints.BUILT or row["status"] not in endpoints.OWED or name in DELIBERATE:
                continue
            if row["method"] == "WS" or row["path"].startswith(AT_THE_SOCKET):
                continue
            scopes = frozenset(scope.strip() for scope in row["scope"].split("|")) - {"", OLD_SCOPE}
            yield name, row["method"], endpoints.template_of(urlsplit(row["path"]).path), (row["auth"], scopes)


def asked_by(dependant: Dependant) -> Iterator[Asked]:
    if dependant.call is not None and (found := asked_at(dependant.call)) is not None:
        yield found
    for inner in dependant.dependencies:
        yield from asked_by(inner)


def asked_at(dependency: Callable[..., Any]) -> Asked | None:
    """Of what `mastoapi.viewer` makes: the scopes that it was made with."""
    maker = getattr(dependency, "__qualname__", "").partition(".")[0]
    if dependency.__module__ != "mastoapi.viewer" or maker not in KINDS:
        return None
    inside = inspect.getclosurevars(dependency).nonlocals
    scopes = inside["scopes"] if "scopes" in inside else inspect.getclosurevars(inside["find"]).nonlocals["scopes"]
    return KINDS[maker], frozenset(scopes)


def answered() -> dict[tuple[str, str], list[Asked]]:
    return {
        (method, endpoints.template_of(route.path)): list(asked_by(route.dependant))
        for package in SERVICES
        for router in endpoints.routers_of(package)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


@pytest.mark.skipif(not endpoints.TABLE.exists(), reason="the table of Mastodon's endpoints is not here")
def test_each_endpoint_asks_for_mastodons_scopes() -> None:
    ours = answered()
    rows = list(wanted())
    assert len(rows) > 150
    others = {
        name: (asked, found)
        for name, method, template, asked in rows
        if (found := ours[method, template] or [NOBODYS]) != [asked]
    }
    assert others == {}


@pytest.mark.skipif(not endpoints.TABLE.exists(), reason="the table of Mastodon's endpoints is not here")
def test_what_is_deliberate_is_in_the_table() -> None:
    with endpoints.TABLE.open(newline="") as table:
        names = {f"{row['method']} {row['path']}" for row in csv.DictReader(table, delimiter="\t")}
    assert set(DELIBERATE) <= names
