"""media in this process: see `media_scene`."""

from media_scene import (
    alice,
    client,
    database,
    elsewhere,
    images,
    media_settings,
    medias_database,
    resources,
    studio,
)

__all__ = [
    "alice",
    "client",
    "database",
    "elsewhere",
    "images",
    "media_settings",
    "medias_database",
    "resources",
    "studio",
]
