"""The pages of signing in: rendered here, without a script, and allowed to do next to nothing."""

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from social.oauth.model import OUT_OF_BAND

TEMPLATES = Path(__file__).parent / "templates"

# No Cross-Origin-Opener-Policy: web apps open these pages in a window and wait for it to come back to them.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Pages:
    """Renders templates into responses."""

    def __init__(self, domain: str) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False
        )
        style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
        self._templates.globals |= {"domain": domain, "style": Markup(style)}  # noqa: S704  # our own file
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._style = f"'sha256-{digest}'"

    def render(self, name: str, values: dict[str, Any], *, status: int = 200, leads_to: str = "") -> HTMLResponse:
        """`leads_to` is where a form of the page ends by redirects: browsers check that too."""
        html = self._templates.get_template(name).render(values)
        policy = (
            f"default-src 'none'; style-src {self._style}; img-src 'self' data:; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {source_of(leads_to)}"
        )
        return HTMLResponse(html, status, headers={**HEADERS, "Content-Security-Policy": policy.strip()})


def source_of(redirect_uri: str) -> str:
    """The address as a source of a content security policy."""
    if not redirect_uri or redirect_uri == OUT_OF_BAND:
        return ""
    parts = urlsplit(redirect_uri)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return f"{parts.scheme}:"


def place_of(redirect_uri: str) -> str:
    """Where the person will land, to be read by the person."""
    parts = urlsplit(redirect_uri)
    if parts.scheme in ("http", "https"):
        return parts.netloc.rpartition("@")[2]
    return f"the app “{parts.scheme}”"
