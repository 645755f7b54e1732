"""A private RabbitMQ with an epmd of its own: loopback only, no DNS, no plugin."""

import base64
import hashlib
import json
import secrets
from pathlib import Path

from native.errors import Refusal
from native.home import Home, write_private
from native.probes import listens, speaks
from native.process import Component

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
EPMD = Path("/usr/bin/epmd")
USER = "murmuration"
# Debian's own instance listens on all addresses; this one never leaves loopback.
LOOPBACK_DISTRIBUTION = "-kernel inet_dist_use_interface {127,0,0,1}"


def components(home: Home, ports: dict[str, int], password: str, vhosts: tuple[str, ...]) -> list[Component]:
    """The port mapper epmd first: RabbitMQ would start one on the system's port otherwise, and leave it behind."""
    if not SERVER.exists():
        raise Refusal("RabbitMQ is not installed; make up installs it on Debian.")
    return [_epmd(ports["epmd"]), _broker(home, ports, password, vhosts)]


def answers(port: int) -> bool:
    """Whether the broker answers a greeting of AMQP 0-9-1 with a method frame."""
    return speaks(port, b"AMQP\x00\x00\x09\x01", (b"\x01",))


def _epmd(port: int) -> Component:
    return Component(
        name="epmd",
        command=(str(EPMD), "-address", "127.0.0.1", "-port", str(port), "-relaxed_command_check"),
        ready=lambda: listens("127.0.0.1", port),
    )


def _broker(home: Home, ports: dict[str, int], password: str, vhosts: tuple[str, ...]) -> Component:
    folder = home.folder / "rabbitmq"
    return Component(
        name="rabbitmq",
        command=(str(SERVER),),
        environment={
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
            "RABBITMQ_NODENAME": "murmuration@localhost",
            "RABBITMQ_DIST_PORT": str(ports["rabbitmq_distribution"]),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": LOOPBACK_DISTRIBUTION,
            # The start script then becomes the broker instead of staying between it and us.
            "RUNNING_UNDER_SYSTEMD": "true",
        },
        needs=("epmd",),
        prepare=lambda: _configure(folder, ports["rabbitmq"], password, vhosts),
        ready=lambda: answers(ports["rabbitmq"]),
    )


def _configure(folder: Path, port: int, password: str, vhosts: tuple[str, ...]) -> None:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        write_private(cookie, secrets.token_hex(16), mode=0o400)
    (folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
    write_private(folder / "definitions.json", json.dumps(_definitions(password, vhosts), indent=2))
    settings = {
        "listeners.tcp.1": f"127.0.0.1:{port}",
        "load_definitions": str(folder / "definitions.json"),
        "log.file": "false",
        "log.console": "true",
        "log.console.level": "warning",
        "log.console.formatter": "plaintext",
        "vm_memory_high_watermark.absolute": "512MB",
        "disk_free_limit.absolute": "256MB",
        # The default reserves half a gigabyte for the log of quorum queues.
        "raft.wal_max_size_bytes": "67108864",
    }
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    (folder / "rabbitmq.conf").write_text(lines, encoding="utf-8")


def _definitions(password: str, vhosts: tuple[str, ...]) -> dict[str, object]:
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [
            {
                "name": USER,
                "password_hash": _hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator",
            }
        ],
        "vhosts": [{"name": name} for name in vhosts],
        "permissions": [{"user": USER, "vhost": name, **everything} for name in vhosts],
    }


def _hash(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
