"""Renders profiles and posts as plain HTML: no script, and nothing from elsewhere but pictures."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mastoapi.entities.accounts import Account
from mastoapi.entities.statuses import Status

TEMPLATES = Path(__file__).parent / "templates"

HEADERS = {
    "Cache-Control": "public, max-age=15",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The same address answers other servers with an actor or a note.
    "Vary": "Accept",
}


class PublicPages:
    """The templates, read once."""

    def __init__(self, domain: str) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False
        )
        style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
        self._templates.globals |= {"domain": domain, "style": Markup(style)}  # noqa: S704  # our own file
        # Statuses and notes were sanitised when they came in.
        self._templates.filters["sanitised"] = Markup
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src * data:; media-src *; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )

    def profile(self, account: Account, statuses: Sequence[Status]) -> HTMLResponse:
        return self._render("profile.html", account=account, statuses=statuses)

    def status(self, status: Status, ancestors: Sequence[Status], descendants: Sequence[Status]) -> HTMLResponse:
        return self._render("status.html", status=status, ancestors=ancestors, descendants=descendants)

    def interaction(self, address: str) -> HTMLResponse:
        return self._render("interaction.html", address=address)

    def _render(self, name: str, **values: Any) -> HTMLResponse:
        html = self._templates.get_template(name).render(values)
        return HTMLResponse(html, headers={**HEADERS, "Content-Security-Policy": self._policy})
