"""The authorization request (RFC 6749, 4.1.1, with RFC 7636): read, and judged by pure functions."""

import re
from collections.abc import Sequence

import msgspec

from api_gateway.oauth.errors import Redirected, Refusal
from mastoapi.scopes import ALL, covers
from social.oauth.model import OUT_OF_BAND, App

DEFAULT_SCOPE = "read"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

UNKNOWN_CLIENT = "This app is not registered here. It may have to register again."
BAD_REDIRECT = "The app asks to be answered at an address that it did not register."


class AuthorizationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an app asks for, as it came. Absent is empty."""

    client_id: str = ""
    response_type: str = ""
    redirect_uri: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    force_login: str = ""
    lang: str = ""

    @property
    def wants_fresh_sign_in(self) -> bool:
        # Mastodon.py sends "False".
        return self.force_login.lower() in ("true", "1", "t", "yes")

    def parameters(self) -> dict[str, str]:
        """What has to come back with the consent: all but the wish to sign in anew."""
        return {
            name: value
            for name in AuthorizationRequest.__struct_fields__
            if name != "force_login" and (value := getattr(self, name))
        }


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request that may be put before the person."""

    app: App
    redirect_uri: str
    scopes: list[str]
    state: str
    code_challenge: str | None

    @property
    def is_out_of_band(self) -> bool:
        return self.redirect_uri == OUT_OF_BAND


def judge(request: AuthorizationRequest, app: App | None) -> Asked:
    """Raise Refusal while the app's address is not to be trusted, and Redirected from then on."""
    if app is None:
        raise Refusal("invalid_client", UNKNOWN_CLIENT)
    # Compared as a string: whatever is cleverer has been tricked before (RFC 9700, 4.1.3).
    if request.redirect_uri not in app.redirect_uris:
        raise Refusal("invalid_request", BAD_REDIRECT)
    if request.response_type != "code":
        raise _redirected(request, "unsupported_response_type")
    return Asked(
        app=app,
        redirect_uri=request.redirect_uri,
        scopes=_scopes(request, app),
        state=request.state,
        code_challenge=_challenge(request),
    )


def _scopes(request: AuthorizationRequest, app: App) -> list[str]:
    scopes = parse_scopes(request.scope) or [DEFAULT_SCOPE]
    if not are_within(scopes, app.scopes):
        raise _redirected(request, "invalid_scope")
    return scopes


def _challenge(request: AuthorizationRequest) -> str | None:
    if not request.code_challenge and not request.code_challenge_method:
        return None
    # Without a method RFC 7636 means "plain", which protects nothing.
    if request.code_challenge_method != "S256":
        raise _redirected(request, "invalid_request", "The code_challenge_method must be S256.")
    if not CHALLENGE.fullmatch(request.code_challenge):
        raise _redirected(request, "invalid_request", "The code_challenge is malformed.")
    return request.code_challenge


def _redirected(request: AuthorizationRequest, error: str, description: str = "") -> Redirected | Refusal:
    if request.redirect_uri == OUT_OF_BAND:
        return Refusal(error, description)
    return Redirected(request.redirect_uri, request.state, error, description)


def parse_scopes(text: str) -> list[str]:
    """In the order given, each once."""
    return list(dict.fromkeys(text.split()))


def are_within(scopes: Sequence[str], allowed: Sequence[str]) -> bool:
    """Whether all exist and none reaches further than the allowed ones."""
    return all(scope in ALL and covers(allowed, scope) for scope in scopes)
