"""Apps and their tokens."""

from msgspec import Struct


class Application(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    website: str | None
    scopes: list[str]
    redirect_uris: list[str]
    redirect_uri: str
    vapid_key: str


class CredentialApplication(Application, frozen=True, kw_only=True):
    """What an app learns once, when it registers. 0 means that the secret never expires."""

    client_id: str
    client_secret: str
    client_secret_expires_at: int = 0


class Token(Struct, frozen=True, kw_only=True):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # a type, not a token
    scope: str
    created_at: int
