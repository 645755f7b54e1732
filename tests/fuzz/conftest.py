"""inbox in this process, and a world in which something can be broken: see `inbox_scene` and `scene`."""

from fuzz.scene import scene
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
    "scene",
]
