"""inbox in this process, with neighbours that mean harm: see `inbox_scene`."""

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
from outward import canary, names, outward
from town import open_town, town

__all__ = [
    "alice",
    "authority",
    "bob",
    "ca_file",
    "canary",
    "changes",
    "client",
    "database",
    "door",
    "inboxs_database",
    "mallory",
    "names",
    "neighbours",
    "open_town",
    "outward",
    "resources",
    "town",
]
