"""Handles: `acct:user@host`, `@user@host`, `user@host` and `user`, taken apart and checked."""

import re
from typing import Final

import idna
import msgspec

LONGEST_USERNAME: Final = 2048
LONGEST_HOST: Final = 253
LARGEST_PORT: Final = 65_535
_USERNAME: Final = re.compile(r"[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class Handle(msgspec.Struct, frozen=True):
    username: str
    host: str | None = None  # Lower-case, in ASCII form, with its port where one is written.

    def __str__(self) -> str:
        return f"{self.username}@{self.host}" if self.host else self.username

    @property
    def acct(self) -> str:
        return f"acct:{self}"


def parse(written: str) -> Handle | None:
    """The handle, or None when it is none."""
    name, at, host = written.strip().removeprefix("acct:").removeprefix("@").partition("@")
    if not is_username(name):
        return None
    if not at:
        return Handle(name)
    ascii_host = host_in_ascii(host)
    return Handle(name, ascii_host) if ascii_host else None


def is_username(name: str) -> bool:
    return len(name) <= LONGEST_USERNAME and _USERNAME.fullmatch(name) is not None


def host_in_ascii(host: str) -> str | None:
    """The host as it is compared and looked up: lower-case, IDNA, its port kept; None if it is none."""
    name, colon, port = host.strip().partition(":")
    if len(name) > LONGEST_HOST or (colon and not _is_port(port)):
        return None
    ascii_name = _in_ascii(name.removesuffix(".").lower())
    if ascii_name is None or not all(map(_LABEL.fullmatch, ascii_name.split("."))):
        return None
    if ascii_name.split(".")[-1].isdigit():
        return None  # An IP address names a machine, not a server that people can trust to stay.
    return f"{ascii_name}:{int(port)}" if colon else ascii_name


def _in_ascii(name: str) -> str | None:
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= len("65535") and 0 < int(port) <= LARGEST_PORT
