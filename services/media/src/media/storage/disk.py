"""Files on a local disk. A file is complete or not there: it is renamed into its place."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from media.storage.model import CHUNK, Key, NoSuchFile, StorageAway, as_key


class Disk:
    """A `Storage` below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: Key, content: bytes) -> None:
        await asyncio.to_thread(self._put, key, content)

    async def size_of(self, key: Key) -> int:
        return await asyncio.to_thread(self._size_of, key)

    async def read(self, key: Key, start: int, length: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self._open, key, start)
        try:
            while length > 0 and (chunk := await asyncio.to_thread(file.read, min(CHUNK, length))):
                length -= len(chunk)
                yield chunk
        finally:
            file.close()

    async def remove(self, key: Key) -> None:
        await asyncio.to_thread(self._remove, key)

    async def is_ready(self) -> bool:
        return await asyncio.to_thread(self._is_ready)

    def _path(self, key: Key) -> Path:
        # Keys are checked where they enter; once more here, because a mistake would be a way out.
        if as_key(key) is None:
            raise NoSuchFile
        return self._root / key

    def _put(self, key: Key, content: bytes) -> None:
        path = self._path(key)
        with _named_failures():
            path.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).chmod(0o640)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def _size_of(self, key: Key) -> int:
        with _named_failures():
            return self._path(key).stat().st_size

    def _open(self, key: Key, start: int) -> BinaryIO:
        with _named_failures():
            file = self._path(key).open("rb")
            file.seek(start)
            return file

    def _remove(self, key: Key) -> None:
        with _named_failures():
            self._path(key).unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        self._root.mkdir(parents=True, exist_ok=True)
        return os.access(self._root, os.W_OK)


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NoSuchFile from error
    except OSError as error:
        raise StorageAway from error
