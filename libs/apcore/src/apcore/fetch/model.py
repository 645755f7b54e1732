"""What goes into and comes out of fetching."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec

from apcore.addresses import Network
from apcore.jsonld import Json
from apcore.keys import PrivateKey


class FetchError(Exception):
    """Nothing usable came back. `reason` is one of a few words, `status` the peer's, if it answered."""

    def __init__(self, reason: str, *, status: int | None = None, retry_after: timedelta | None = None) -> None:
        super().__init__(reason if status is None else f"{reason} ({status})")
        self.reason = reason
        self.status = status
        self.retry_after = retry_after


class FetchRefused(FetchError):  # noqa: N818 (reads as what happened)
    """It will not work the next time either: we refuse, or the peer does."""


class FetchFailed(FetchError):  # noqa: N818 (reads as what happened)
    """It may work later."""


class FetchSettings(msgspec.Struct, frozen=True, kw_only=True):
    user_agent: str
    # Ranges that may be contacted although they are private. Naming any allows http and every port.
    private_networks: tuple[Network, ...] = ()
    ca_file: Path | None = None  # Further authorities to trust, beside the system's.
    connect_seconds: float = 5
    read_seconds: float = 10  # Between two pieces of an answer.
    deadline_seconds: float = 30  # For everything, redirects and waiting for a free place included.
    per_host: int = 4  # Connections to one host and port at once, of those that stay open and of the others each.
    standing_peers: int = 1000  # With how many of them connections stay open for the next request.
    document_bytes: int = 1_048_576
    refused_seconds: float = 60  # For how long a refusal is remembered.
    failed_seconds: float = 5  # For how long a passing failure is remembered.
    remembered: int = 2048  # How many of both.
    per_host_per_minute: int = 1200  # GETs to one host; further ones fail for a while.
    revalidated: int = 512  # Documents kept with what the host validates them by.
    revalidated_bytes: int = 32_768  # How large such a document may be.


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose name a request is made in."""

    key_id: str
    key: PrivateKey
    bearer: tuple[str, str] | None = None  # A host, and the token that it alone is shown.


class Document(msgspec.Struct, frozen=True, kw_only=True):
    url: str  # Where it was served in the end.
    document: Json  # In normal form.


class Body(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    media_type: str
    content: bytes


class Response(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: Mapping[str, str]  # Names in lower case.
    excerpt: bytes = b""
