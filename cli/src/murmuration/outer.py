"""What `murmuration doctor` looks at from outside: as other servers see us."""

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from chassis.clock import utc_now
from chassis.settings import Settings
from murmuration.examinations import Finding, doubtful, ill, well

SOON = dt.timedelta(days=14)
SECONDS = 10.0


async def names(settings: Settings) -> Finding:
    """Where the handle's domain and our own address lead."""
    hosts = {str(urlsplit(f"//{settings.domain}").hostname), str(urlsplit(settings.url).hostname)}
    found = {host: await _addresses(host) for host in sorted(hosts)}
    if unknown := [host for host, addresses in found.items() if not addresses]:
        return ill(f"{', '.join(unknown)} has no address")
    return well("; ".join(f"{host} is {', '.join(addresses)}" for host, addresses in found.items()))


async def _addresses(host: str) -> list[str]:
    if _is_here(host):
        return ["this machine"]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return []
    return sorted({str(entry[4][0]) for entry in found})


async def certificate(settings: Settings) -> Finding:
    """What the edge shows, and for how long it is good."""
    parts = urlsplit(settings.url)
    if parts.scheme != "https":
        return doubtful(f"{settings.url} has no TLS")
    host, port = str(parts.hostname), parts.port or 443
    address = "127.0.0.1" if _is_here(host) else host
    _, writer = await asyncio.open_connection(address, port, ssl=trusted(settings), server_hostname=host)
    try:
        shown: Any = writer.get_extra_info("peercert")
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
    ends = dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), dt.UTC)
    says = f"the certificate of {host} is good until {ends:%Y-%m-%d}"
    return ill(f"{says}, and nobody renews it") if ends - utc_now() < SOON else well(says)


async def webfinger(settings: Settings) -> Finding:
    """Whether others who ask our domain are led to our own address."""
    scheme = urlsplit(settings.url).scheme if settings.domain in settings.url else "https"
    url = httpx.URL(f"{scheme}://{settings.domain}/.well-known/webfinger", params={"resource": f"{settings.url}/actor"})
    host = url.host
    target = url.copy_with(host="127.0.0.1") if _is_here(host) else url
    async with httpx.AsyncClient(
        verify=trusted(settings), timeout=SECONDS, follow_redirects=not _is_here(host)
    ) as client:
        answer = await client.get(target, headers={"Host": settings.domain}, extensions={"sni_hostname": host})
    if not answer.is_success:
        return ill(f"{settings.domain} answers {answer.status_code} when asked for our own actor")
    found = msgspec.json.decode(answer.content, type=dict[str, Any])
    links = [link.get("href", "") for link in found.get("links", ()) if link.get("rel") == "self"]
    if not any(href.startswith(settings.url) for href in links):
        return ill(f"{settings.domain} says that our actor is {', '.join(links) or 'nobody'}, which is not here")
    return well(f"{found.get('subject', '')} is {links[0]}")


def _is_here(host: str) -> bool:
    """Names that mean this machine, whatever a resolver knows (RFC 6761)."""
    return host == "localhost" or host.endswith(".localhost")


def trusted(settings: Settings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.extra_ca_file:
        context.load_verify_locations(settings.extra_ca_file)
    return context
