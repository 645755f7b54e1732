"""NodeInfo 2.0 and 2.1: what this server is and how busy it is."""

from typing import Any, Final

import msgspec

from apcore import jsonld
from apcore.jsonld import Json

SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/"
VERSIONS: Final = ("2.0", "2.1")


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says about itself."""

    software: str
    version: str
    repository: str = ""
    name: str = ""
    description: str = ""
    open_registrations: bool = False
    users: int = 0
    active_month: int = 0
    active_half_year: int = 0
    local_posts: int = 0


def links(base_url: str) -> Json:
    """The document at `/.well-known/nodeinfo`."""
    return {"links": [{"rel": f"{SCHEMA}{version}", "href": f"{base_url}/nodeinfo/{version}"} for version in VERSIONS]}


def media_type(version: str) -> str:
    return f'application/json; profile="{SCHEMA}{version}#"; charset=utf-8'


def document(version: str, server: Server) -> Json:
    """The document of one of the two versions."""
    software: dict[str, Any] = {"name": server.software, "version": server.version}
    if version == "2.1" and server.repository:
        software["repository"] = server.repository
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "usage": {
            "users": {
                "total": server.users,
                "activeMonth": server.active_month,
                "activeHalfyear": server.active_half_year,
            },
            "localPosts": server.local_posts,
        },
        "openRegistrations": server.open_registrations,
        "metadata": {"nodeName": server.name, "nodeDescription": server.description},
    }


def link_of(well_known: Json) -> str | None:
    """The address of the newest document that we read, out of a peer's links."""
    known = {
        jsonld.text(link.get("rel")): jsonld.web_uri(link.get("href"))
        for link in jsonld.objects(well_known.get("links"))
    }
    return next((known[rel] for v in reversed(VERSIONS) if known.get(rel := f"{SCHEMA}{v}")), None)


def software_of(peer: Json) -> tuple[str, str]:
    """Name and version of a peer's software; empty where it does not say."""
    software = jsonld.one(peer.get("software"))
    if not isinstance(software, dict):
        return "", ""
    return (
        (jsonld.text(software.get("name"), 64) or "").lower(),
        jsonld.text(software.get("version"), 128) or "",
    )
