"""Whole servers over TLS, each of six processes on PostgreSQL, RabbitMQ and Redis of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from native.ports import choose
from native.server import Server
from native.settings import LOCAL_CA, ServerSettings

ROOT = Path(__file__).parents[1]


def described(name: str, port: int, **passed_on: str) -> ServerSettings:
    return ServerSettings(
        name=name,
        domain=f"{name}.localhost:{port}",
        listen=f"127.0.0.1:{port}",
        certificate=LOCAL_CA,
        allowed_private_networks=("127.0.0.0/8",),
        # These people are quicker than any real ones.
        passed_on={"MURMURATION_RATE_LIMIT_FACTOR": "0"} | passed_on,
        durable=False,
    )


@contextmanager
def running(name: str, **passed_on: str) -> Iterator[Server]:
    """A server that starts with nothing and leaves nothing."""
    [port] = choose(1)
    folder = ROOT / ".run" / f"test-{os.getpid()}-{name}"
    server = Server(described(name, port, **passed_on), folder)
    try:
        server.start(bound=True)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def alpha() -> Iterator[Server]:
    """Started once for all tests that cross the border."""
    with running("alpha") as server:
        yield server


@pytest.fixture(scope="session")
def beta() -> Iterator[Server]:
    """One that answers only who signs."""
    with running("beta", MURMURATION_AUTHORIZED_FETCH="true") as server:
        yield server
