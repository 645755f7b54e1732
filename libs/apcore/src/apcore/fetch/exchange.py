"""One answer from a foreign host: read within bounds, its failure named."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from apcore.fetch.guard import AddressRefused
from apcore.fetch.model import FetchError, FetchFailed, FetchRefused

ACTIVITY_TYPES: Final = frozenset({"application/activity+json", "application/ld+json"})
PROFILE: Final = "https://www.w3.org/ns/activitystreams"
# A quoted value may hold anything, also what looks like another parameter.
_PARAMETER: Final = r';\s*([^\s;="]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)\s*'
PARAMETER: Final = re.compile(_PARAMETER)
PARAMETERS: Final = re.compile(f"(?:{_PARAMETER})*;?\\s*")
PASSING: Final = frozenset({401, 408, 421, 425, 429})
PIECE: Final = 65_536
LONGEST_RETRY_AFTER: Final = timedelta(days=1)


@contextmanager
def named_failures() -> Iterator[None]:
    """Whatever goes wrong on the network leaves as one of the two kinds of FetchError."""
    try:
        yield
    except FetchError:
        raise
    except TimeoutError as error:
        raise FetchFailed("timeout") from error
    except aiohttp.ClientSSLError as error:
        raise FetchFailed("tls") from error
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, AddressRefused):
            raise FetchRefused("address") from error
        reason = "dns" if isinstance(error, aiohttp.ClientConnectorDNSError) else "connect"
        raise FetchFailed(reason) from error
    except (aiohttp.InvalidURL, ValueError) as error:
        raise FetchRefused("url") from error
    except (aiohttp.ClientError, OSError, zlib.error) as error:
        raise FetchFailed("connection") from error


def check_status(response: aiohttp.ClientResponse, status: int | None = None) -> None:
    """Raise for an answer that is none. `status` is that of an earlier answer which counts instead."""
    status = status or response.status
    if status == 200:
        return
    wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
    if status in PASSING or status >= 500:
        raise FetchFailed("status", status=status, retry_after=wait)
    raise FetchRefused("status", status=status)


def retry_after(written: str | None, now: datetime) -> timedelta | None:
    """How long the peer asks us to wait, a day at most."""
    if not written:
        return None
    if written.isascii() and written.isdigit():
        seconds = min(int(written[:9]), int(LONGEST_RETRY_AFTER.total_seconds()))
        return timedelta(seconds=seconds)
    try:
        date = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return min(max(date - now, timedelta(0)), LONGEST_RETRY_AFTER)


def is_activity_type(header: str) -> bool:
    """Whether the content type is one that only ActivityPub servers answer with."""
    media_type, semicolon, rest = header.partition(";")
    if media_type.strip().lower() == "application/activity+json":
        return True
    if media_type.strip().lower() != "application/ld+json" or not PARAMETERS.fullmatch(semicolon + rest):
        return False
    profiles = [value for name, value in PARAMETER.findall(semicolon + rest) if name.lower() == "profile"]
    return any(PROFILE in profile.strip('"').split() for profile in profiles)


async def read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The decoded body; more than the limit is refused before it is read."""
    content = bytearray()
    async for piece in _decoded(response, limit):
        content += piece
        if len(content) > limit:
            raise FetchRefused("too large")
    return bytes(content)


async def _decoded(response: aiohttp.ClientResponse, limit: int) -> AsyncIterator[bytes]:
    # The session does not decompress: a bomb has to stop at the limit, not after it has burst.
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        async for piece in response.content.iter_chunked(PIECE):
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchRefused("content encoding")
    inflate = zlib.decompressobj(wbits=47)
    async for piece in response.content.iter_chunked(PIECE):
        yield inflate.decompress(piece, limit + 1)
        if inflate.unconsumed_tail:
            raise FetchRefused("too large")
        await asyncio.sleep(0)


async def read_excerpt(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The beginning of the body, for whoever looks into a refused delivery."""
    content = bytearray()
    async for piece in response.content.iter_chunked(limit):
        content += piece
        if len(content) >= limit:
            break
    return bytes(content[:limit])
