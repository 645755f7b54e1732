"""Servers for real clients: api-gateway in a process of its own, with somebody to sign in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from native.infrastructure import Infrastructure

pytest.register_assert_rewrite("clients.mastodon_py", "clients.masto")

PASSWORD = "correct horse battery"
WITHIN = 30.0


@pytest.fixture(scope="module", autouse=True)
def names_under_localhost() -> Iterator[None]:
    """No resolver has to know alpha.localhost; clients ask one all the same."""
    resolve = socket.getaddrinfo

    def here(host: Any, *more: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *more, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", here)
        yield


@pytest.fixture(scope="session")
async def clients_database(infrastructure: Infrastructure, template: str) -> AsyncIterator[str]:
    name = f"clients_{os.getpid()}"
    await infrastructure.create_database(name, template=template)
    yield name
    await infrastructure.drop_database(name)


@pytest.fixture(scope="session")
def gateway_url(infrastructure: Infrastructure, clients_database: str) -> Iterator[str]:
    """Where api-gateway answers by itself, without an edge and without the other services."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        **infrastructure.environment(clients_database),
        "MURMURATION_DOMAIN": f"127.0.0.1:{port}",
        "MURMURATION_BASE_URL": url,
        "MURMURATION_HTTP_PORT": str(port),
        "MURMURATION_DEVELOPMENT": "true",
        "MURMURATION_SECRET_KEY": "secret",
        "MURMURATION_INTERNAL_SECRET": "internal",
        "MURMURATION_LOG_FORMAT": "console",
    }
    process = subprocess.Popen([sys.executable, "-m", "api_gateway", "http"], env=environment)
    try:
        _wait_until_ready(url, process)
        _create("alice", environment)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, "api-gateway ended before it was ready"
        try:
            if httpx.get(f"{url}/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"api-gateway was not ready within {WITHIN} seconds")


def _create(name: str, environment: dict[str, str]) -> None:
    program = Path(sys.executable).with_name("murmuration")
    words = ["accounts", "create", name, "--email", f"{name}@mail.example", "--password", PASSWORD, "--confirmed"]
    subprocess.run([program, *words], env=environment, check=True, capture_output=True)
