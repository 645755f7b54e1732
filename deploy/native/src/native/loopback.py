"""HTTP clients for servers on this machine, whose names no resolver knows."""

import ssl
from collections.abc import Mapping

import httpx

from native import authority
from native.server import Server


class _Here(httpx.HTTPTransport):
    """Connects to the server's own address, while Host and TLS go on naming its domain."""

    def __init__(self, address: str, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)
        self._address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(_redirected(request, self._address))


class _AsyncHere(httpx.AsyncHTTPTransport):
    """The same for asynchronous clients."""

    def __init__(self, address: str, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)
        self._address = address

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(_redirected(request, self._address))


def client(server: Server, *, timeout: float = 20.0, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client of the server's public address, trusting the local authority."""
    transport = _Here(server.settings.address[0], _trusted())
    return httpx.Client(base_url=server.base_url, transport=transport, timeout=timeout, headers=headers)


def async_client(
    server: Server, *, timeout: float = 20.0, headers: Mapping[str, str] | None = None
) -> httpx.AsyncClient:
    transport = _AsyncHere(server.settings.address[0], _trusted())
    return httpx.AsyncClient(base_url=server.base_url, transport=transport, timeout=timeout, headers=headers)


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.certificate_file()))


def _redirected(request: httpx.Request, address: str) -> httpx.Request:
    extensions = {**request.extensions, "sni_hostname": request.url.host}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )
