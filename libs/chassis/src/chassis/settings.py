"""What may be configured in every service. Environment variables carry the prefix `MURMURATION_`."""

import ipaddress
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, model_validator
from pydantic.functional_validators import BeforeValidator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 6761 and RFC 2606: names that never reach the public internet.
SPECIAL_USE_SUFFIXES = ("localhost", "test", "example", "invalid", "local", "internal", "home.arpa")

SHORTEST_SECRET = 16
"""What is shorter is an example's, or can be tried out."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


CommaSeparated = BeforeValidator(_split)


def is_public_name(domain: str) -> bool:
    """Whether the domain (with or without a port) could be reached by strangers."""
    host = domain.rsplit(":", 1)[0].strip("[]").rstrip(".").lower()
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return not any(host == suffix or host.endswith(f".{suffix}") for suffix in SPECIAL_USE_SUFFIXES)


class Settings(BaseSettings):
    """Settings shared by all services; a service adds its own by subclassing."""

    model_config = SettingsConfigDict(env_prefix="MURMURATION_", frozen=True, extra="ignore")

    domain: str = "localhost:3000"
    """The part of a handle after the @. It can never change once others know it."""
    base_url: str = ""
    """Where browsers and other servers find us; `https://<domain>` unless said otherwise."""

    database_url: str = "postgresql://127.0.0.1:5432/murmuration"
    """Without a user name: each service connects as its own role."""
    database_direct_url: str = ""
    """PostgreSQL itself where `database_url` is a pooler: for what needs a session (LISTEN, locks, migrations)."""
    database_password: SecretStr = SecretStr("")
    database_pool_size: int = Field(default=10, ge=1, le=200)
    database_statement_cache: int = Field(default=200, ge=0)
    """0 behind PgBouncer in transaction mode."""

    amqp_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")

    http_host: str = "127.0.0.1"
    http_port: int = 8000
    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses or networks of the edge, whose word on the client's address counts; `*` for everybody."""

    inbox_url: str = "http://127.0.0.1:8001"
    """The inbox service, for requests between services."""
    delivery_url: str = "http://127.0.0.1:8003"
    """The delivery service, for what operators and moderators ask of it."""
    media_url: str = "http://127.0.0.1:8004"
    """The media service, likewise."""
    media_base_url: str = ""
    """Where clients find files, if not below our own address: a CDN or a public bucket."""
    rate_limit_factor: float = Field(default=1.0, ge=0)
    """Multiplies what one client may ask for in a time; 0 lifts all limits."""
    internal_secret: SecretStr = SecretStr("")
    """Shared by the services; a request to `/internal/*` without it is refused."""
    secret_key: SecretStr = SecretStr("")
    """Signs sign-in cookies and forms."""

    synchronize_followers: bool = True
    """Whether followers-only posts tell other servers who of theirs follows, and theirs are compared (FEP-8fcf)."""
    authorized_fetch: bool = False
    """Whether other servers sign what they ask of us: ActivityPub is answered to nobody else."""
    limited_federation: bool = False
    """Whether we talk with the servers on our list alone, and only people of ours may look. Implies the one before."""

    watchdog_seconds: float = Field(default=60, ge=0)
    """A process whose event loop stands still for so long ends itself; 0 for never."""
    log_level: str = "INFO"
    log_format: str = "json"
    """`json`, or `console` for people."""
    otlp_endpoint: str = ""
    """Where traces go (OTLP over HTTP); nothing is traced when empty."""
    trace_ratio: float = Field(default=0.01, ge=0, le=1)

    # Development settings: refused for a public domain.
    development: bool = False
    """Allows chosen access tokens and plain-http addresses of our own."""
    allowed_private_networks: Annotated[list[Network], NoDecode, CommaSeparated] = []
    """Networks that the guarded fetcher may reach although they are private."""
    extra_ca_file: Path | None = None
    """A PEM bundle trusted beside the system's, for servers with certificates of a local CA."""

    @model_validator(mode="before")
    @classmethod
    def _empty_means_unset(cls, values: dict[str, object]) -> dict[str, object]:
        return {key: value for key, value in values.items() if value != ""}

    @model_validator(mode="after")
    def _development_stays_at_home(self) -> Self:
        offending = [
            name for name in ("development", "allowed_private_networks", "extra_ca_file") if getattr(self, name)
        ]
        if offending and is_public_name(self.domain):
            names = ", ".join(f"MURMURATION_{name.upper()}" for name in offending)
            raise ValueError(
                f"{self.domain} is a public domain, but {names} is for development only: unset it to start"
            )
        return self

    @model_validator(mode="after")
    def _secrets_are_nobodys_guess(self) -> Self:
        short = [name for name in ("internal_secret", "secret_key") if 0 < len(getattr(self, name)) < SHORTEST_SECRET]
        if short and is_public_name(self.domain):
            names = ", ".join(f"MURMURATION_{name.upper()}" for name in short)
            raise ValueError(
                f"{self.domain} is a public domain, but {names} can be guessed: set {SHORTEST_SECRET} characters"
            )
        return self

    @cached_property
    def url(self) -> str:
        """Our own address without a trailing slash, e.g. `https://social.example`."""
        return (self.base_url or f"https://{self.domain}").rstrip("/")

    @property
    def requires_signatures(self) -> bool:
        """Whether only known servers read what is public: the mode that others call secure."""
        return self.authorized_fetch or self.limited_federation

    def database_url_for(self, role: str) -> str:
        """Fill in the role and its password, unless the address names a user of its own."""
        return self._for_role(self.database_url, role)

    def direct_database_url_for(self, role: str) -> str:
        """Likewise, past a pooler if there is one."""
        return self._for_role(self.database_direct_url or self.database_url, role)

    def _for_role(self, address: str, role: str) -> str:
        parts = urlsplit(address)
        if parts.username:
            return address
        password = self.database_password.get_secret_value()
        user = f"{role}:{password}@" if password else f"{role}@"
        return urlunsplit(parts._replace(netloc=user + parts.netloc))
