"""Where files are kept: keys, and what any storage can do."""

import re
import secrets
from collections.abc import AsyncIterator
from typing import NewType, Protocol

from chassis.errors import NotFound, Unavailable

Key = NewType("Key", str)
"""`<folder>/<2 hex>/<2 hex>/<32 hex>.<extension>`: 128 random bits, so nobody finds what nobody linked."""

ATTACHMENTS, AVATARS, HEADERS, EMOJIS = "attachments", "avatars", "headers", "emojis"
CACHED, INCOMING = "cached", "incoming"
PUBLIC_FOLDERS = (ATTACHMENTS, AVATARS, HEADERS, EMOJIS)
"""What `/media/{key}` serves: files of our own people, processed."""

TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "raw": "application/octet-stream",
}

_KEY = re.compile(r"(?P<folder>[a-z]+)/(?P<one>[0-9a-f]{2})/(?P<two>[0-9a-f]{2})/(?P=one)(?P=two)[0-9a-f]{28}\.[a-z]+")

CHUNK = 65536


class NoSuchFile(NotFound):
    """Record not found"""


class StorageAway(Unavailable):
    """The storage of files is away; please try again later"""


class Storage(Protocol):
    """Holds files under keys. Whatever goes wrong inside is NoSuchFile or StorageAway outside."""

    async def put(self, key: Key, content: bytes) -> None:
        """Store the whole file or nothing."""

    async def size_of(self, key: Key) -> int: ...

    def read(self, key: Key, start: int, length: int) -> AsyncIterator[bytes]: ...

    async def remove(self, key: Key) -> None:
        """Removing what is not there is done already."""

    async def is_ready(self) -> bool: ...


def new_key(folder: str, extension: str) -> Key:
    name = secrets.token_hex(16)
    return Key(f"{folder}/{name[:2]}/{name[2:4]}/{name}.{extension}")


def as_key(text: str) -> Key | None:
    """The key that the text is; None if it is none. No text that leads out of the storage is a key."""
    return Key(text) if _KEY.fullmatch(text) and extension_of(Key(text)) in TYPES else None


def folder_of(key: Key) -> str:
    return key.partition("/")[0]


def extension_of(key: Key) -> str:
    return key.rpartition(".")[2]


def type_of(key: Key) -> str:
    return TYPES[extension_of(key)]


async def read_all(storage: Storage, key: Key) -> bytes:
    size = await storage.size_of(key)
    return b"".join([chunk async for chunk in storage.read(key, 0, size)])
