"""FEP-8fcf: two servers find out whether they agree on who of one follows somebody of the other."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from apcore import jsonld

HEADER: Final = "Collection-Synchronization"
MOST_FOLLOWERS: Final = 25_000
"""Whoever has more followers is not compared: the lists would weigh more than they are worth; as Mastodon."""
LONGEST: Final = 8192
_PARAMETER: Final = re.compile(r'\s*([A-Za-z]+)="([^"]*)"\s*(?:,|$)')
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of those of its people's followers who live where it sends this."""

    collection: str
    """The followers collection as a whole."""
    url: str
    """Where the part of it that concerns the receiver can be read."""
    digest: str


def digest_of(uris: Iterable[str]) -> str:
    """The same for the same accounts in any order."""
    combined = 0
    for uri in set(uris):
        combined ^= int.from_bytes(hashlib.sha256(uri.encode()).digest(), "big")
    return f"{combined:064x}"


def write(claim: Claim) -> str:
    return f'collectionId="{claim.collection}", url="{claim.url}", digest="{claim.digest}"'


def read(header: str) -> Claim | None:
    """None for what cannot be read, or says something twice."""
    found: dict[str, str] = {}
    position = 0
    while position < len(header) <= LONGEST:
        match = _PARAMETER.match(header, position)
        if match is None or match[1] in found:
            return None
        found[match[1]] = match[2]
        position = match.end()
    collection, url = jsonld.web_uri(found.get("collectionId")), jsonld.web_uri(found.get("url"))
    digest = found.get("digest", "").lower()
    if collection is None or url is None or _DIGEST.fullmatch(digest) is None:
        return None
    return Claim(collection=collection, url=url, digest=digest)
