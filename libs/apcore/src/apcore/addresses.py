"""Which addresses, ports and URLs may be contacted: pure rules."""

from collections.abc import Collection, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Final

from yarl import URL

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

USUAL_PORTS: Final = frozenset({80, 443})
FIRST_UNPRIVILEGED_PORT: Final = 1024
LONGEST_URL: Final = 4096
NAT64: Final = IPv6Network("64:ff9b::/96")
# Ranges that IANA sets aside and that the standard library calls global, or once did.
SPECIAL: Final = (
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, withdrawn.
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.31.196.0/24"),  # AS112: answers that lead nowhere.
    IPv4Network("192.52.193.0/24"),
    IPv4Network("192.175.48.0/24"),
    IPv6Network("::/96"),  # IPv4-compatible, withdrawn.
    IPv6Network("64:ff9b:1::/48"),  # NAT64 for local use.
    IPv6Network("100::/64"),
    IPv6Network("100:0:0:1::/64"),
    IPv6Network("2001::/23"),  # Protocol assignments, Teredo and ORCHID among them.
    IPv6Network("2001:db8::/32"),
    IPv6Network("2620:4f:8000::/48"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
    IPv6Network("fec0::/10"),  # Site-local, withdrawn.
)


def may_connect(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether the address is globally routable, or lies in a range that was allowed by name."""
    plain = unwrapped(address)
    if any(plain in network for network in allowed if network.version == plain.version):
        return True
    if any(plain in network for network in SPECIAL if network.version == plain.version):
        return False
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def unwrapped(address: Address) -> Address:
    """The IPv4 address within an IPv6 one that only carries it."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def parse_address(host: str) -> Address | None:
    """The address that a host is, or None when it is a name."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def is_local_name(host: str) -> bool:
    """Whether the name is one of this machine's own, after RFC 6761."""
    name = host.removesuffix(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def why_refused(url: URL, allowed: Collection[Network]) -> str | None:
    """Why this URL may not be fetched; None when it may."""
    host = url.host
    if url.scheme != "https" and not (url.scheme == "http" and allowed):
        return "scheme"
    if not host or url.user is not None or url.password is not None:
        return "url"
    # In development, ports are what the machine has free; in production they are the usual ones
    # or what an unprivileged peer may listen on.
    if not allowed and url.port not in USUAL_PORTS and (url.port or 0) < FIRST_UNPRIVILEGED_PORT:
        return "port"
    address = parse_address(host)
    if address is not None:
        return None if may_connect(address, tuple(allowed)) else "address"
    if not allowed and ("." not in host.strip(".") or is_local_name(host)):
        return "address"
    return None


def parse_url(written: str) -> URL | None:
    """The URL in the one spelling that goes on the wire; None when it is none."""
    if not 0 < len(written) <= LONGEST_URL or not written.isprintable():
        return None
    if "\\" in written or " " in written:
        return None
    try:
        url = URL(written).with_fragment(None)
        _ = url.port, url.host
    except (ValueError, TypeError):
        return None
    host = url.raw_host or ""
    if url.scheme not in ("http", "https") or not host or "%" in host or not host.isascii():
        return None
    return url
