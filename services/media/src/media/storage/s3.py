"""Files in an S3. The client blocks, so it works in threads; it has time limits of its own."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error
from prometheus_client import Counter

from media.storage.model import CHUNK, Key, NoSuchFile, StorageAway, type_of

T = TypeVar("T")

CONNECT_SECONDS = 3
READ_SECONDS = 15

CALLS = Counter("murmuration_s3_calls_total", "Calls to the object storage", ["call", "outcome"])
MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchBucket"})


class S3:
    """A `Storage` in one bucket, which is made if it is missing."""

    def __init__(
        self, endpoint: str, *, bucket: str, access_key: str, secret_key: str, region: str, secure: bool | None
    ) -> None:
        scheme, _, host = endpoint.rpartition("://")
        self._client = Minio(
            host.rstrip("/"),
            access_key=access_key,
            secret_key=secret_key,
            region=region,
            secure=scheme != "http" if secure is None else secure,
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS), retries=False, maxsize=16
            ),
        )
        self._bucket = bucket
        self._has_bucket = False
        self._making = threading.Lock()

    async def put(self, key: Key, content: bytes) -> None:
        def put() -> None:
            self._make_bucket()
            self._client.put_object(self._bucket, key, io.BytesIO(content), len(content), content_type=type_of(key))

        await _call("put", put)

    async def size_of(self, key: Key) -> int:
        found = await _call("stat", lambda: self._client.stat_object(self._bucket, key))
        return int(found.size or 0)

    async def read(self, key: Key, start: int, length: int) -> AsyncIterator[bytes]:
        if length <= 0:
            return
        response: Any = await _call("get", lambda: self._client.get_object(self._bucket, key, start, length))
        try:
            while chunk := await _call("read", lambda: response.read(CHUNK)):
                yield chunk
        finally:
            response.close()
            response.release_conn()

    async def remove(self, key: Key) -> None:
        await _call("remove", lambda: self._client.remove_object(self._bucket, key))

    async def is_ready(self) -> bool:
        await _call("ready", self._make_bucket)
        return True

    def _make_bucket(self) -> None:
        with self._making:
            if not self._has_bucket:
                if not self._client.bucket_exists(self._bucket):
                    self._client.make_bucket(self._bucket)
                self._has_bucket = True


async def _call(name: str, work: Callable[[], T]) -> T:
    with _named_failures(name):
        return await asyncio.to_thread(work)


@contextmanager
def _named_failures(call: str) -> Iterator[None]:
    outcome = "failed"
    try:
        yield
        outcome = "ok"
    except S3Error as error:
        if error.code in MISSING:
            outcome = "missing"
            raise NoSuchFile from error
        raise StorageAway from error
    except (MinioException, InvalidResponseError, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise StorageAway from error
    finally:
        CALLS.labels(call, outcome).inc()
