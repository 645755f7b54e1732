"""Which app is asking: its id and secret, from the Authorization header or the body (RFC 6749, 2.3.1)."""

import base64
import binascii
from urllib.parse import unquote_plus

from fastapi import Request

from api_gateway.oauth.errors import OAuthError
from api_gateway.oauth.forms import AppRequest
from chassis.db import Reader
from social.oauth import actions, store
from social.oauth.model import App


async def authenticated(db: Reader, request: Request, asked: AppRequest) -> App:
    """The app that knows its secret."""
    client_id, secret = _basic(request) or (asked.client_id, asked.client_secret)
    app = await store.app_by_client_id(db, client_id) if client_id else None
    if app is None or not actions.is_secret_of(app, secret):
        raise OAuthError("invalid_client")
    return app


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("invalid_client") from error
    return unquote_plus(client_id).replace("\0", ""), unquote_plus(secret)
