"""The edge sends each path to the service that the one route table names."""

import contextlib
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from native import caddyfile, ports, routes
from native.home import Home
from native.probes import listens
from native.process import Component
from native.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
TABLE = routes.load()
SERVICES = ("api-gateway", "inbox", "delivery", "timeline", "media", "moderation")

CASES = [
    ("/", "api-gateway"),
    ("/@alice", "api-gateway"),
    ("/@alice/123", "api-gateway"),
    ("/oauth/token", "api-gateway"),
    ("/api/v1/statuses", "api-gateway"),
    ("/api/v2/search", "api-gateway"),
    ("/api/v1/custom_emojis", "api-gateway"),
    ("/.well-known/oauth-authorization-server", "api-gateway"),
    ("/.well-known/change-password", "api-gateway"),
    ("/.well-known/webfinger", "inbox"),
    ("/.well-known/nodeinfo", "inbox"),
    ("/.well-known/host-meta", "inbox"),
    ("/nodeinfo/2.0", "inbox"),
    ("/ap/users/1", "inbox"),
    ("/ap/users/1/inbox", "inbox"),
    ("/inbox", "inbox"),
    ("/actor", "inbox"),
    ("/actor/inbox", "inbox"),
    ("/users/alice", "inbox"),
    ("/inboxes", "api-gateway"),
    ("/apps", "api-gateway"),
    ("/api/v1/timelines/home", "timeline"),
    ("/api/v1/timelines/tag/birds", "timeline"),
    ("/api/v1/notifications", "timeline"),
    ("/api/v1/notifications/7/dismiss", "timeline"),
    ("/api/v2/notifications/unread_count", "timeline"),
    ("/api/v1/conversations/7", "timeline"),
    ("/api/v1/markers", "timeline"),
    ("/api/v1/trends/tags", "timeline"),
    ("/api/v1/streaming", "timeline"),
    ("/api/v1/streaming/health", "timeline"),
    ("/api/v1/media/7", "media"),
    ("/api/v2/media", "media"),
    ("/media/small/7.webp", "media"),
    ("/media_proxy/7/small", "media"),
    ("/api/v1/admin/accounts", "moderation"),
    ("/api/v1/admin/trends/tags", "moderation"),
    ("/api/v2/admin/accounts", "moderation"),
    ("/api/v1/reports", "moderation"),
    ("/internal/resolve", None),
    ("/metrics", None),
    ("/ready", None),
]


class Answering(BaseHTTPRequestHandler):
    """Says which service it stands for, what it was asked, and streams when asked to."""

    protocol_version = "HTTP/1.1"
    name = ""
    streams_left = threading.Event()

    def do_GET(self):
        if self.path.startswith("/api/v1/streaming/user"):
            self.stream()
            return
        headers = {key.lower(): value for key, value in self.headers.items()}
        body = json.dumps({"service": self.name, "path": self.path, "headers": headers}).encode()
        self.send_response(200)
        self.send_header("X-Stand-In", self.name)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # The edge hangs up on a request that grows too large.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/dies"):
            self.close_connection = True
            return
        self.do_GET()

    def stream(self):
        self.send_response(200)
        self.send_header("X-Stand-In", self.name)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for number in range(200):
                self.wfile.write(f"data: {number}\n\n".encode())
                time.sleep(0.1)
        except OSError:
            self.streams_left.set()

    def log_message(self, format, *args):  # noqa: A002  # the name is the base class's
        pass


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A real Caddy with the generated configuration, before a stand-in for each service."""
    folder = tmp_path_factory.mktemp("edge")
    upstreams, servers = {}, []
    for name in SERVICES:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type(name, (Answering,), {"name": name}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        upstreams[name] = f"127.0.0.1:{server.server_port}"
    port = ports.choose(1)[0]
    file = folder / "Caddyfile"
    file.write_text(caddyfile.render(caddyfile.Edge(f"http://:{port}", bind="127.0.0.1"), TABLE, upstreams))
    caddy = Component(
        name="caddy",
        command=(shutil.which("caddy") or "", "run", "--config", str(file), "--adapter", "caddyfile"),
        environment={"HOME": str(folder)},
        ready=lambda: listens("127.0.0.1", port),
    )
    supervisor = Supervisor(Home(folder), [caddy])
    supervisor.wait_until_ready(10)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client
    supervisor.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("path", "service"), CASES)
def test_the_edge_and_the_table_agree_on_every_path(edge: httpx.Client, path: str, service: str | None) -> None:
    answer = edge.get(path)
    reached = answer.json()["service"] if answer.status_code == 200 else None
    assert (reached, TABLE.service_of(path)) == (service, service)


@pytest.mark.parametrize(
    "path", ["//internal/resolve", "/x/../internal/resolve", "/%69nternal/resolve", "/INTERNAL/x", "/internal"]
)
def test_internal_paths_stay_hidden_however_they_are_written(edge: httpx.Client, path: str) -> None:
    url = str(edge.base_url).rstrip("/")
    host = url.removeprefix("http://")
    with socket.create_connection(("127.0.0.1", edge.base_url.port or 0)) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = raw.makefile("rb").readline()
    assert b" 404 " in answer


def test_the_edge_answers_for_its_own_health(edge: httpx.Client) -> None:
    assert edge.get("/health").text == "OK"


def test_services_see_the_host_that_was_asked_for_and_the_client(edge: httpx.Client) -> None:
    answer = edge.get("/ap/users/1", headers={"Host": "gamma.test", "X-Forwarded-For": "8.8.8.8"})
    headers = answer.json()["headers"]
    assert (headers["host"], headers["x-forwarded-for"]) == ("gamma.test", "127.0.0.1")


def test_too_large_a_body_is_refused(edge: httpx.Client) -> None:
    answer = edge.post("/api/v1/markers", content=b"x" * 1_500_000)
    assert (answer.status_code, answer.json()) == (413, {"error": "The request is too large"})


def test_a_service_that_dies_is_answered_for(edge: httpx.Client) -> None:
    answer = edge.post("/api/v1/reports/dies")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json() == {"error": "This part of the server is away for a moment"}


def test_an_upload_may_be_large(edge: httpx.Client) -> None:
    assert edge.post("/api/v2/media", content=b"x" * 30_000_000).status_code == 200


def test_events_leave_at_once_and_a_listener_who_left_is_noticed(edge: httpx.Client) -> None:
    began = time.monotonic()
    with edge.stream("GET", "/api/v1/streaming/user", headers={"Accept-Encoding": "gzip"}) as answer:
        first = next(answer.iter_lines())
        assert time.monotonic() - began < 0.5
    assert first == "data: 0"
    assert Answering.streams_left.wait(3)


def test_the_compose_edge_is_fresh() -> None:
    assert caddyfile.COMPOSE_FILE.read_text(encoding="utf-8") == caddyfile.compose(TABLE)


def test_the_compose_edge_is_valid(tmp_path: Path) -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(caddyfile.COMPOSE_FILE)]
    environment = {"PATH": "/usr/bin", "EDGE_ADDRESS": "social.example", "HOME": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_route_names_a_service_and_none_is_hidden() -> None:
    assert {route.service for route in TABLE.routes} <= set(SERVICES)
    assert all(TABLE.service_of(route.prefix) == route.service for route in TABLE.routes)
