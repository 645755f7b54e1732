"""A server that cannot start says why, before it touches anything."""

import socket
from pathlib import Path

import pytest

from chassis.settings import Settings
from native.errors import Refusal
from native.server import Server
from native.settings import ServerSettings


def test_a_taken_port_is_named_with_its_holder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = Server(ServerSettings(domain=f"localhost:{port}", listen=f"127.0.0.1:{port}"), tmp_path)
        with pytest.raises(Refusal, match=rf"127\.0\.0\.1:{port} is taken by .+ \(process \d+\): stop it"):
            server.start()


def test_data_is_never_served_under_another_domain(tmp_path: Path) -> None:
    ServerSettings(domain="gamma.test").save(tmp_path / "settings.json")
    with pytest.raises(Refusal, match=r"belongs to gamma\.test, not to delta\.test"):
        Server(ServerSettings(domain="delta.test", listen="127.0.0.1:20999"), tmp_path).start()


def test_what_does_not_run_is_not_stopped(tmp_path: Path) -> None:
    assert not Server(ServerSettings(), tmp_path).stop()


def test_services_learn_what_they_need(tmp_path: Path) -> None:
    server = Server(ServerSettings(domain="social.example.org", listen="127.0.0.1:20998"), tmp_path)
    known = server.environment
    assert known["MURMURATION_BASE_URL"] == "https://social.example.org"
    assert known["MURMURATION_DEVELOPMENT"] == "false"
    assert known["MURMURATION_EXTRA_CA_FILE"] == ""


def test_services_are_told_where_everything_is(tmp_path: Path) -> None:
    known = Server(ServerSettings(), tmp_path).environment
    local = {name for name, field in Settings.model_fields.items() if "127.0.0.1:" in str(field.default)}
    assert {f"MURMURATION_{name.upper()}" for name in local} <= set(known)
