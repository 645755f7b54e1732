"""Whom an address stands for."""

import ipaddress


def network_of(address: str) -> str:
    """An IPv6 customer has at least a /64: one address more is no other person."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
