"""What OAuth refuses, in the words of RFC 6749, RFC 7009 and doorkeeper, which clients compare."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from api_gateway.oauth.pages import Pages
from chassis.http import Json

DESCRIPTIONS: Mapping[str, str] = {
    "access_denied": "The resource owner or authorization server denied the request.",
    "invalid_client": "Client authentication failed due to unknown client, no client authentication included, "
    "or unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the redirection "
    "URI used in the authorization request, or was issued to another client.",
    "invalid_request": "The request is missing a required parameter, includes an unsupported parameter value, or is "
    "otherwise malformed.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unauthorized_client": "You are not authorized to revoke this token",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
}

STATUSES: Mapping[str, int] = {"invalid_client": 401, "unauthorized_client": 403}

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """An answer to an app: `error` is a code of the RFCs."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.description = description or DESCRIPTIONS[error]


class Refusal(OAuthError):  # noqa: N818  # reads as what it is
    """An answer to the person alone: the app is unknown, or its address must not be trusted."""

    def __init__(self, error: str, description: str = "", *, status: int = 400) -> None:
        super().__init__(error, description)
        self.status = status


class Redirected(OAuthError):  # noqa: N818  # as above
    """An answer that goes back to the app by way of the browser."""

    def __init__(self, redirect_uri: str, state: str, error: str, description: str = "") -> None:
        super().__init__(error, description)
        self.redirect_uri = redirect_uri
        self.state = state

    @property
    def location(self) -> str:
        answer = {"error": self.error, "error_description": self.description}
        return with_answer(self.redirect_uri, answer, self.state)


def with_answer(redirect_uri: str, answer: Mapping[str, str], state: str) -> str:
    """The redirect address with an answer in its query, which may have parameters of its own."""
    query = urlencode({**answer, "state": state} if state else answer)
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}"


async def _explain(_: Request, error: Exception) -> Response:
    assert isinstance(error, OAuthError)
    status = STATUSES.get(error.error, 400)
    challenge = {"WWW-Authenticate": 'Basic realm="OAuth"'} if status == 401 else {}
    body = {"error": error.error, "error_description": error.description}
    return Json(body, status, headers={**NO_STORE, **challenge})


async def _explain_to_person(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    pages: Pages = request.app.state.resources.sign_in.pages
    return pages.render("refusal.html", {"text": error.description}, status=error.status)


async def _send_back(_: Request, error: Exception) -> Response:
    assert isinstance(error, Redirected)
    return RedirectResponse(error.location, 303, headers=NO_STORE)


def install(app: FastAPI) -> None:
    """Let the application answer these errors as the RFCs say."""
    app.add_exception_handler(OAuthError, _explain)
    app.add_exception_handler(Refusal, _explain_to_person)
    app.add_exception_handler(Redirected, _send_back)
