"""Bearcaps, `bear:?u=…&t=…`: an address that comes with the token that opens it."""

import re
from urllib.parse import parse_qs, urlsplit

import msgspec

from apcore import jsonld

SCHEME = "bear:"
_TOKEN = re.compile(r"[\x21-\x7e]{1,1024}")


class Bearcap(msgspec.Struct, frozen=True):
    url: str
    token: str


def parse(uri: str) -> Bearcap | None:
    """What the bearcap holds; None if it is none, or not a whole one."""
    if not uri.startswith(SCHEME):
        return None
    try:
        said = parse_qs(urlsplit(uri).query, strict_parsing=True, max_num_fields=4)
    except ValueError:
        return None
    [url], [token] = (said.get(name, [""])[:1] for name in ("u", "t"))
    usable = jsonld.web_uri(url)
    return Bearcap(usable, token) if usable and _TOKEN.fullmatch(token) else None
