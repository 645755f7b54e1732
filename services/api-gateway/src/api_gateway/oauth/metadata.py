"""What is told of this server's OAuth, and of a person, as OpenID-like claims."""

from collections.abc import Sequence

import msgspec

from mastoapi.scopes import ALL
from social.accounts.model import Account


class ServerMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 8414, with Mastodon's own `app_registration_endpoint`."""

    issuer: str
    service_documentation: str
    authorization_endpoint: str
    token_endpoint: str
    app_registration_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    scopes_supported: Sequence[str]
    response_types_supported: Sequence[str]
    response_modes_supported: Sequence[str]
    grant_types_supported: Sequence[str]
    token_endpoint_auth_methods_supported: Sequence[str]
    code_challenge_methods_supported: Sequence[str]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    iss: str
    sub: str
    name: str
    preferred_username: str
    profile: str
    picture: str


def of_server(url: str) -> ServerMetadata:
    return ServerMetadata(
        issuer=f"{url}/",
        service_documentation="https://docs.joinmastodon.org/",
        authorization_endpoint=f"{url}/oauth/authorize",
        token_endpoint=f"{url}/oauth/token",
        app_registration_endpoint=f"{url}/api/v1/apps",
        revocation_endpoint=f"{url}/oauth/revoke",
        userinfo_endpoint=f"{url}/oauth/userinfo",
        scopes_supported=ALL,
        response_types_supported=("code",),
        response_modes_supported=("query",),
        grant_types_supported=("authorization_code", "client_credentials"),
        token_endpoint_auth_methods_supported=("client_secret_basic", "client_secret_post"),
        code_challenge_methods_supported=("S256",),
    )


def of_person(url: str, account: Account, picture: str) -> Claims:
    return Claims(
        iss=f"{url}/",
        sub=account.uri,
        name=account.display_name or account.username,
        preferred_username=account.username,
        profile=account.url or account.uri,
        picture=picture,
    )
