"""A private Redis: loopback and a socket file only, with a password, saved to disk now and then."""

import shutil
from pathlib import Path
from urllib.parse import quote

from native.errors import Refusal
from native.home import Home, write_private
from native.probes import speaks
from native.process import SYSTEM_PATH, Component
from native.sockets import socket_at


def component(home: Home, port: int, password: str, *, durable: bool = True) -> Component:
    program = shutil.which("redis-server", path=SYSTEM_PATH)
    if program is None:
        raise Refusal("Redis is not installed; make up installs it on Debian.")
    folder = _folder(home)
    return Component(
        name="redis",
        command=(program, str(folder / "redis.conf")),
        prepare=lambda: _configure(folder, port, password, durable=durable),
        # A server that is still loading its data says -LOADING.
        ready=lambda: speaks(port, b"PING\r\n", (b"+PONG", b"-NOAUTH")),
    )


def _folder(home: Home) -> Path:
    return home.folder / "redis"


def _socket(folder: Path) -> Path | None:
    return socket_at(folder / "redis.sock")


def url(home: Home, port: int, password: str, number: int = 0) -> str:
    path = _socket(_folder(home))
    if path is None:
        return f"redis://:{password}@127.0.0.1:{port}/{number}"
    return f"unix://:{password}@{quote(str(path))}?db={number}"


def _configure(folder: Path, port: int, password: str, *, durable: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f'dir "{folder}"',
        f"requirepass {password}",
        *((f'unixsocket "{path}"', "unixsocketperm 700") if (path := _socket(folder)) else ()),
        "databases 32",
        "loglevel warning",
        # Feeds are rebuilt from PostgreSQL when they are lost.
        "save 300 10" if durable else 'save ""',
    ]
    write_private(folder / "redis.conf", "\n".join(lines) + "\n")
