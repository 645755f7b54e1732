"""What masto offers, read from the types that its package declares."""

import re
from collections.abc import Iterator
from pathlib import Path

DECLARED = Path(__file__).parent / "node_modules" / "masto" / "dist" / "esm" / "mastodon"

_INTERFACE = re.compile(r"^export interface ([\w$]+)[^{]*\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"^    (?:readonly )?([\w$]+): (?:v\d\.)?([\w$]+);", re.MULTILINE)
_METHOD = re.compile(r"^    ([\w$]+)\(.*?\): (?:v\d\.)?([\w$]+)", re.MULTILINE)

Interfaces = dict[str, str]


def methods() -> set[str]:
    """Their paths, as `v1.accounts.$select.follow`."""
    # Each folder by itself: they use the same names for different things.
    versions = {"v1": _read("rest/v1") | _read("rest/v1/push"), "v2": _read("rest/v2")}
    client = _read("rest", "client.d.ts")
    found = {
        path for name, known in versions.items() for path in _walk(known | client, f"{name.upper()}Resource", name)
    }
    found |= set(_walk(_read("rest/v1/admin"), "AdminResource", "v1.admin"))
    found |= set(_walk(_read("oauth"), "Client", "oauth"))
    found |= set(_walk(_read("streaming"), "Client", "streaming"))
    return found


def _read(folder: str, pattern: str = "*.d.ts") -> Interfaces:
    sources = (path.read_text(encoding="utf-8") for path in sorted((DECLARED / folder).glob(pattern)))
    return {name: body for source in sources for name, body in _INTERFACE.findall(source)}


def _walk(known: Interfaces, interface: str, path: str) -> Iterator[str]:
    for name, kind in _PART.findall(known[interface]):
        if kind in known:
            yield from _walk(known, kind, f"{path}.{name}")
    for name, result in _METHOD.findall(known[interface]):
        if name == "$select":
            yield from _walk(known, result, f"{path}.{name}")
        else:
            yield f"{path}.{name}"
