"""host-meta (RFC 6415): where WebFinger is, for those who ask the old way."""

import html
import re
from typing import Final

from apcore.jsonld import Json

XRD_TYPE: Final = "application/xrd+xml"
_LINK: Final = re.compile(r"<(?:\w{1,32}:)?Link\s([^<>]{1,4096})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""(\w{1,32})\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)')""")


def template(base_url: str) -> str:
    """The WebFinger address with its place to fill in."""
    return f"{base_url}/.well-known/webfinger?resource={{uri}}"


def xrd(base_url: str) -> str:
    address = html.escape(template(base_url))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{address}"/>\n'
        "</XRD>\n"
    )


def jrd(base_url: str) -> Json:
    return {"links": [{"rel": "lrdd", "template": template(base_url)}]}


def lrdd_template(document: bytes) -> str | None:
    """The template of the `lrdd` link. XML is not parsed: no entity of a stranger is expanded."""
    for link in _LINK.finditer(document.decode(errors="replace")):
        found = {
            name.lower(): html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(link.group(1))
        }
        if found.get("rel") == "lrdd" and "{uri}" in found.get("template", ""):
            return found["template"]
    return None
