"""Finding ports, and who sits on one."""

import random
import socket
from collections.abc import Collection

import psutil

# Below Linux's range for outgoing connections (32768 and up), so that no connection of anybody's
# takes a remembered port while the server is down.
LOWEST, HIGHEST = 20000, 32000


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose(count: int, taken: Collection[int] = ()) -> list[int]:
    """That many free ports on loopback, none of them already taken."""
    found: list[int] = []
    for port in random.sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST):
        if len(found) == count:
            break
        if port not in taken and is_free("127.0.0.1", port):
            found.append(port)
    return found


def holder(port: int) -> str:
    """Who listens on the port, for a person to read."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,) and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.NoSuchProcess:
                continue
    return "another program"
