"""Connections only to addresses that may be contacted, decided at the moment of connecting."""

import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from apcore.addresses import Network, is_local_name, may_connect, parse_address
from apcore.fetch.metrics import REFUSED_ADDRESSES
from apcore.fetch.standing import IDLE_SECONDS


class AddressRefused(OSError):  # noqa: N818 (reads as what happened)
    """The host has an address that may not be contacted."""


class GuardedResolver(AbstractResolver):
    """Resolves names; one forbidden address among several spoils them all."""

    def __init__(self, allowed: Sequence[Network], inner: AbstractResolver) -> None:
        self._allowed = allowed
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._allowed and is_local_name(host):
            return [_loopback(host, port)]
        found = await self._inner.resolve(host, port, family)
        for result in found:
            check_address(result["host"], self._allowed)
        return found

    async def close(self) -> None:
        await self._inner.close()


def open_connector(
    allowed: Sequence[Network],
    ca_file: Path | None,
    per_host: int,
    resolver: AbstractResolver | None = None,
    *,
    connections_stay: bool = True,
) -> aiohttp.TCPConnector:
    """A connector whose every socket was checked: redirects, literals and rebinding included.

    Connections stay open for the next request, or end with each answer.
    """

    def guarded_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, sockaddr = info
        check_address(str(sockaddr[0]), allowed)
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        resolver=GuardedResolver(allowed, resolver or aiohttp.ThreadedResolver()),
        socket_factory=guarded_socket,
        ssl=_trust(ca_file),
        limit=0,
        limit_per_host=per_host,
        **({"keepalive_timeout": IDLE_SECONDS} if connections_stay else {"force_close": True}),
        ttl_dns_cache=300,
        dns_cache_max_size=10_000,
    )


def check_address(host: str, allowed: Sequence[Network]) -> None:
    address = parse_address(host)
    if address is None or not may_connect(address, allowed):
        REFUSED_ADDRESSES.inc()
        raise AddressRefused("address is not globally routable")


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _loopback(host: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host="127.0.0.1",
        port=port,
        family=socket.AF_INET,
        proto=0,
        flags=socket.AI_NUMERICHOST,
    )
