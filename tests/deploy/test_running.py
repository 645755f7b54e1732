"""A whole server lives through the death of its parts, and keeps its data when it is stopped."""

import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest

from native import loopback, ports
from native.server import Server
from native.settings import LOCAL_CA, ServerSettings

COMES_BACK_WITHIN = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = ports.choose(1)[0]
    settings = ServerSettings(
        name="delta",
        domain=f"delta.test:{port}",
        listen=f"127.0.0.1:{port}",
        certificate=LOCAL_CA,
        allowed_private_networks=("127.0.0.0/8",),
        durable=False,
    )
    running = Server(settings, tmp_path_factory.mktemp("delta"))
    try:
        running.start(bound=True)
        yield running
    finally:
        running.forget()


def operator(server: Server, *words: str) -> str:
    return subprocess.run([server.home.wrapper, *words], check=True, capture_output=True, text=True).stdout


def test_it_answers_under_its_name_with_a_trusted_certificate(server: Server) -> None:
    with loopback.client(server) as client:
        answer = client.get("/api/v2/instance")
    assert answer.json()["domain"] == server.settings.domain


def test_starting_it_again_finds_it_running(server: Server) -> None:
    before = server.pid("inbox")
    assert not server.start()
    assert server.pid("inbox") == before


@pytest.mark.parametrize("component", ["delivery", "api-gateway", "caddy", "redis"])
def test_a_killed_component_comes_back(server: Server, component: str) -> None:
    before = server.kill(component)
    deadline = time.monotonic() + COMES_BACK_WITHIN
    while server.pid(component) in (before, None) and time.monotonic() < deadline:
        time.sleep(0.05)
    server.wait_until_ready(within=COMES_BACK_WITHIN)
    assert server.pid(component) != before


def test_it_keeps_its_people_when_it_is_stopped_and_started(server: Server) -> None:
    operator(
        server,
        "accounts",
        "create",
        "alice",
        "--email",
        "alice@example.com",
        "--password",
        "starling flock",
        "--confirmed",
    )
    assert server.stop()
    server.start(bound=True)
    with loopback.client(server) as client:
        found = client.get("/api/v1/accounts/lookup", params={"acct": "alice"})
    assert (found.status_code, found.json()["username"]) == (httpx.codes.OK, "alice")
