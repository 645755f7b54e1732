"""Questions that tell whether a component is ready; each answers within a second."""

import socket
import urllib.error
import urllib.request

WITHIN = 1.0


def speaks(port: int, greeting: bytes, answers: tuple[bytes, ...]) -> bool:
    """Whether a greeting on the loopback port is answered as expected."""
    try:
        with socket.create_connection(("127.0.0.1", port), WITHIN) as connection:
            connection.settimeout(WITHIN)
            connection.sendall(greeting)
            return connection.recv(64).startswith(answers)
    except OSError:
        return False


def listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), WITHIN):
            return True
    except OSError:
        return False


def answers(url: str) -> bool:
    """Whether the address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=WITHIN) as response:  # noqa: S310  # our own loopback address
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False
