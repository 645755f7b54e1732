"""inbox in this process: see `inbox_scene`."""

from inbox_scene import (
    alice,
    authority,
    bob,
    ca_file,
    changes,
    client,
    database,
    door,
    inboxs_database,
    mallory,
    neighbours,
    resources,
)

__all__ = [
    "alice",
    "authority",
    "bob",
    "ca_file",
    "changes",
    "client",
    "database",
    "door",
    "inboxs_database",
    "mallory",
    "neighbours",
    "resources",
]
