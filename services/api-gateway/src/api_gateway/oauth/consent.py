"""What a person answers an app, and how the answer travels."""

from typing import Any
from urllib.parse import urlencode

from api_gateway.oauth.authorization import Asked, AuthorizationRequest
from api_gateway.oauth.errors import Redirected, Refusal, with_answer
from api_gateway.oauth.pages import place_of
from api_gateway.oauth.words import permissions
from contracts.ids import AccountId
from social.oauth.model import Grant

DENIED = "You did not let the app in. You can close this page."


def values(wanted: AuthorizationRequest, asked: Asked, return_to: str) -> dict[str, Any]:
    """What the consent page shows."""
    listed = permissions(asked.scopes)
    return {
        "app": asked.app,
        "website": asked.app.website,
        "permissions": listed,
        "rules": any(permission.kind == "rules" for permission in listed),
        "parameters": wanted.parameters(),
        "return_to": return_to,
        "out_of_band": asked.is_out_of_band,
        "place": place_of(asked.redirect_uri),
    }


def grant(asked: Asked, account_id: AccountId) -> Grant:
    return Grant(
        app_id=asked.app.id,
        account_id=account_id,
        redirect_uri=asked.redirect_uri,
        scopes=asked.scopes,
        code_challenge=asked.code_challenge,
    )


def answered(asked: Asked, code: str) -> str:
    """Where the browser takes the code."""
    if asked.is_out_of_band:
        return f"/oauth/authorize/native?{urlencode({'code': code})}"
    return with_answer(asked.redirect_uri, {"code": code}, asked.state)


def denied(asked: Asked) -> Redirected | Refusal:
    if asked.is_out_of_band:
        return Refusal("access_denied", DENIED)
    return Redirected(asked.redirect_uri, asked.state, "access_denied")
