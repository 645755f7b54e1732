"""Every endpoint of the groups we have built is there, in the service that the edge sends its path to."""

from collections.abc import Iterator

import endpoints
import pytest

from native import routes

SERVICES = {"api_gateway": "api-gateway", "inbox": "inbox", "media": "media", "timeline": "timeline"}
SERVICES["moderation"] = "moderation"

AT_THE_EDGE = {"GET /health": "Caddy answers for itself; each service has a /health of its own"}


def answered() -> Iterator[tuple[str, str, str]]:
    """Service, method and template of every route; WebSockets as they are asked for, with GET."""
    for package, service in SERVICES.items():
        for route in (route for router in endpoints.routers_of(package) for route in router.routes):
            for method in getattr(route, "methods", None) or ("WS",):
                yield service, method, endpoints.template_of(route.path)


@pytest.mark.skipif(not endpoints.TABLE.exists(), reason="the table of Mastodon's endpoints is not here")
def test_no_endpoint_is_missing():
    table = routes.load()
    ours = {(service, method, template) for service, method, template in answered()}
    owed = [row for row in endpoints.rows() if str(row) not in AT_THE_EDGE]
    missing = [str(row) for row in owed if (table.service_of(row.concrete), row.method, row.template) not in ours]
    print(f"{len(owed) - len(missing)} of {len(owed)} endpoints are answered")  # noqa: T201  # the count is the point
    assert not missing
