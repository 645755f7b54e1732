"""Caddy's configuration, generated from the route table, natively and for docker compose."""

from collections.abc import Mapping
from dataclasses import dataclass

from native.home import REPOSITORY
from native.routes import RouteTable

# Whoever sends the head of a request a byte at a time is left. There is no bound for bodies here: it would end streams,
# which are answers that never end, too; services bound what they read themselves.
GLOBAL = """\
{
	admin off
	auto_https off
	servers {
		protocols h1 h2
		timeouts {
			read_header 10s
			idle 2m
		}
	}
}
"""
COMPOSE_GLOBAL = """\
# Generated from deploy/routes.json by `make routes`.
{
	admin off
	servers {
		timeouts {
			read_header 10s
			idle 2m
		}
	}
}
"""
COMPOSE_FILE = REPOSITORY / "deploy" / "caddy" / "Caddyfile"
# Arguments: where the service listens, and the largest request it may get. A service that is being
# restarted comes back within seconds: requests wait for it.
SNIPPET = """\
(service) {
	request_body {
		max_size {args.1}
	}
	reverse_proxy {args.0} {
		lb_try_duration 5s
		lb_try_interval 100ms
	}
}
"""
# Documents and lists only: a stream of events must leave at once, and pictures are compressed already.
ENCODE = """\
	encode gzip {
		match {
			header Content-Type application/json*
			header Content-Type application/activity+json*
			header Content-Type application/jrd+json*
			header Content-Type text/html*
			header Content-Type text/css*
		}
	}
"""
# Caddy says 502 for both; a client can do better with the truth.
ERRORS = """\
	handle_errors {
		header Content-Type application/json
		@large expression {err.message}.contains("request body too large")
		respond @large `{"error": "The request is too large"}` 413
		header Retry-After 5
		respond `{"error": "This part of the server is away for a moment"}` 503
	}
"""


@dataclass(frozen=True)
class Edge:
    """Where the edge listens and with which certificate."""

    address: str
    bind: str | None = None
    certificate: str | None = None
    key: str | None = None


def render(edge: Edge, table: RouteTable, upstreams: Mapping[str, str], preamble: str = GLOBAL) -> str:
    """The whole Caddyfile; `upstreams` says where each service listens."""
    lines = [f"{edge.address} {{"]
    if edge.bind:
        lines.append(f"\tbind {edge.bind}")
    if edge.certificate:
        lines.append(f"\ttls {edge.certificate} {edge.key}")
    lines += ENCODE.splitlines()
    lines += ["\thandle /health {", '\t\trespond "OK" 200', "\t}"]
    lines += ["\t@hidden path " + _both(table.hidden), "\thandle @hidden {", "\t\trespond 404", "\t}"]
    for number, (service, prefixes) in enumerate(table.runs(), start=1):
        lines += [f"\t@{number}-{service} path {_both(prefixes)}"]
        lines += [f"\thandle @{number}-{service} {{", _use(service, table, upstreams), "\t}"]
    lines += ["\thandle {", _use(table.rest, table, upstreams), "\t}", *ERRORS.splitlines(), "}"]
    return f"{preamble}\n{SNIPPET}\n" + "\n".join(lines) + "\n"


def _both(prefixes: tuple[str, ...] | list[str]) -> str:
    """A prefix itself and what lies beneath it, as Caddy's `path` matcher wants them."""
    return " ".join(f"{prefix} {prefix}/*" for prefix in prefixes)


def _use(service: str, table: RouteTable, upstreams: Mapping[str, str]) -> str:
    return f"\t\timport service {upstreams[service]} {table.max_body[service]}"


def compose(table: RouteTable) -> str:
    """The edge in docker compose: Caddy gets certificates by itself when the domain is a public one."""
    services = {route.service for route in table.routes} | {table.rest}
    upstreams = {service: f"{service}:8000" for service in services}
    return render(Edge(address="{$EDGE_ADDRESS}"), table, upstreams, COMPOSE_GLOBAL)
