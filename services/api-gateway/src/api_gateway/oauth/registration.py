"""The registration of an app: what it says of itself, checked."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from api_gateway.oauth.authorization import DEFAULT_SCOPE, parse_scopes
from api_gateway.oauth.forms import RegistrationRequest
from mastoapi.entities.apps import Application, CredentialApplication
from mastoapi.scopes import ALL
from social.errors import ValidationFailed
from social.oauth.model import OUT_OF_BAND, App

LONGEST_NAME = 60
LONGEST_ADDRESS = 2000
MOST_REDIRECTS = 20

# A redirect there would run or read something in the person's own browser.
FORBIDDEN = frozenset(
    {
        "javascript",
        "data",
        "vbscript",
        "file",
        "about",
        "blob",
        "filesystem",
        "view-source",
        "mailto",
        "tel",
        "ws",
        "wss",
    }
)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    website: str | None
    redirect_uris: list[str]
    scopes: list[str]


def read(asked: RegistrationRequest) -> Registration:
    return Registration(
        name=_name(asked.client_name.strip()),
        website=_website(asked.website.strip()),
        redirect_uris=_redirect_uris(asked.redirect_uris),
        scopes=_scopes(asked.scopes),
    )


def _name(name: str) -> str:
    if not name:
        raise ValidationFailed("Name can't be blank")
    if len(name) > LONGEST_NAME:
        raise ValidationFailed(f"Name is too long (maximum is {LONGEST_NAME} characters)")
    return name


def _website(website: str) -> str | None:
    if website and not (_is_address(website) and website.startswith(("https://", "http://"))):
        raise ValidationFailed("Website must be a valid URL")
    return website or None


def _redirect_uris(given: Sequence[str]) -> list[str]:
    """In a list, or several to a string, one a line."""
    uris = [uri for item in given for uri in item.split()]
    if not uris:
        raise ValidationFailed("Redirect URI can't be blank")
    if len(uris) > MOST_REDIRECTS:
        raise ValidationFailed(f"Redirect URI has too many entries (maximum is {MOST_REDIRECTS})")
    for uri in uris:
        if uri != OUT_OF_BAND and not _is_address(uri):
            raise ValidationFailed("Redirect URI must be an absolute URI.")
    return list(dict.fromkeys(uris))


def _is_address(uri: str) -> bool:
    """An absolute URI without a fragment, at which nothing runs."""
    if len(uri) > LONGEST_ADDRESS or not uri.isascii() or not uri.isprintable() or " " in uri:
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if not SCHEME.fullmatch(parts.scheme) or parts.scheme in FORBIDDEN or "#" in uri:
        return False
    return bool(parts.netloc) if parts.scheme in ("http", "https") else bool(parts.netloc or parts.path)


def _scopes(given: Sequence[str]) -> list[str]:
    scopes = parse_scopes(" ".join(given)) or [DEFAULT_SCOPE]
    if not all(scope in ALL for scope in scopes):
        raise ValidationFailed("Scopes doesn't match configured on the server.")
    return scopes


def _shared(app: App, vapid_key: str) -> dict[str, Any]:
    return {
        "id": str(app.id),
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes,
        "redirect_uri": "\n".join(app.redirect_uris),
        "redirect_uris": app.redirect_uris,
        "vapid_key": vapid_key,
    }


def rendered(app: App, vapid_key: str) -> Application:
    return Application(**_shared(app, vapid_key))


def rendered_with_secret(app: App, secret: str, vapid_key: str) -> CredentialApplication:
    return CredentialApplication(**_shared(app, vapid_key), client_id=app.client_id, client_secret=secret)
