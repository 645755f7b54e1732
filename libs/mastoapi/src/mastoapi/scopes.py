"""The scopes of access tokens: which there are, and which includes which."""

from collections.abc import Collection
from typing import Final

_READ = "accounts blocks bookmarks collections favourites filters follows lists mutes notifications search statuses"
_WRITE = (
    "accounts blocks bookmarks collections conversations favourites filters follows lists media mutes "
    "notifications reports statuses"
)
_ADMIN_READ = "accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks canonical_email_blocks"

ALL: Final = (
    "profile",
    "read",
    *(f"read:{what}" for what in _READ.split()),
    "write",
    *(f"write:{what}" for what in _WRITE.split()),
    "follow",
    "push",
    "admin:read",
    *(f"admin:read:{what}" for what in _ADMIN_READ.split()),
    "admin:write",
    *(f"admin:write:{what}" for what in _ADMIN_READ.split()),
)

# The oldest of scopes: what it means was only later cut into pieces.
FOLLOW: Final = frozenset(f"{access}:{what}" for access in ("read", "write") for what in ("blocks", "follows", "mutes"))


def covers(granted: Collection[str], wanted: str) -> bool:
    """Whether somebody who holds the granted scopes may do what the wanted one allows."""
    if wanted in granted:
        return True
    if "follow" in granted and wanted in FOLLOW:
        return True
    wider = wanted.rpartition(":")[0]
    return bool(wider) and wider in granted
