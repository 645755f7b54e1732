"""What browsers and apps send to the pages and endpoints of OAuth."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Request

from api_gateway.oauth.authorization import AuthorizationRequest
from api_gateway.oauth.errors import OAuthError, Refusal
from mastoapi.params import params
from social.errors import ValidationFailed

LARGEST = 64 * 1024

F = TypeVar("F", bound=msgspec.Struct)


class SignInForm(msgspec.Struct, frozen=True, kw_only=True):
    form_token: str = ""
    email: str = ""
    password: str = ""
    return_to: str = ""


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """A form with nothing to fill in."""

    form_token: str = ""
    return_to: str = ""


class ConsentForm(AuthorizationRequest, frozen=True, kw_only=True):
    """The authorization request, come back with an answer. Forms cannot say DELETE, and so `_method` does."""

    form_token: str = ""
    method: str = msgspec.field(name="_method", default="")

    @property
    def is_denial(self) -> bool:
        return self.method.lower() == "delete"


class AppRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an app sends to the token and revocation endpoints."""

    client_id: str = ""
    client_secret: str = ""
    grant_type: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    scope: str = ""
    token: str = ""


class RegistrationRequest(msgspec.Struct, frozen=True, kw_only=True):
    client_name: str = ""
    website: str = ""
    redirect_uris: list[str] = []
    scopes: list[str] = []


def _of(kind: type[F], refusal: Callable[[], Exception] | None = None) -> Callable[[Request], Coroutine[Any, Any, F]]:
    """A dependency that reads the request into the struct."""

    async def read(request: Request) -> F:
        try:
            return await params(request, kind, most_bytes=LARGEST)
        except ValidationFailed as error:
            raise (refusal() if refusal else error) from error

    return read


def _to_person() -> Exception:
    return Refusal("invalid_request")


def _to_app() -> Exception:
    return OAuthError("invalid_request")


Asking = Annotated[AuthorizationRequest, Depends(_of(AuthorizationRequest, _to_person))]
Signing = Annotated[SignInForm, Depends(_of(SignInForm, _to_person))]
Pressing = Annotated[Button, Depends(_of(Button, _to_person))]
Consenting = Annotated[ConsentForm, Depends(_of(ConsentForm, _to_person))]
FromApp = Annotated[AppRequest, Depends(_of(AppRequest, _to_app))]
Registering = Annotated[RegistrationRequest, Depends(_of(RegistrationRequest))]
