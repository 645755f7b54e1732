"""What may be configured."""

import pytest
from pydantic import ValidationError

from chassis.settings import Settings, is_public_name


@pytest.mark.parametrize(
    ("domain", "public"),
    [
        ("social.example.org", True),
        ("mastodon.social:443", True),
        ("8.8.8.8", True),
        ("localhost", False),
        ("alpha.localhost:8443", False),
        ("gamma.test", False),
        ("a.example", False),
        ("127.0.0.1:3000", False),
        ("[::1]:3000", False),
        ("10.0.0.7", False),
    ],
)
def test_public_names_are_told_from_those_of_development(domain: str, public: bool) -> None:
    assert is_public_name(domain) is public


@pytest.mark.parametrize(
    "setting", [{"development": True}, {"allowed_private_networks": "127.0.0.0/8"}, {"extra_ca_file": "/tmp/ca.pem"}]
)
def test_a_public_domain_refuses_development_settings(setting: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=f"MURMURATION_{next(iter(setting)).upper()} is for development only"):
        Settings(domain="social.example.org", **setting)
    Settings(domain="gamma.test", **setting)


@pytest.mark.parametrize("name", ["secret_key", "internal_secret"])
def test_a_public_domain_refuses_secrets_that_can_be_guessed(name: str) -> None:
    for example in ("secret", "changeme", "x" * 15):
        with pytest.raises(ValidationError, match=f"MURMURATION_{name.upper()} can be guessed"):
            Settings(domain="social.example.org", **{name: example})
        Settings(domain="gamma.test", **{name: example})
    Settings(domain="social.example.org", **{name: "x" * 16})


def test_each_service_connects_as_its_own_role() -> None:
    settings = Settings(database_url="postgresql://db:5432/murmuration", database_password="s3cret")
    assert settings.database_url_for("inbox") == "postgresql://inbox:s3cret@db:5432/murmuration"
    socket = Settings(database_url="postgresql:///murmuration?host=/run/postgresql", database_password="s3cret")
    assert socket.database_url_for("inbox") == "postgresql://inbox:s3cret@/murmuration?host=/run/postgresql"
    named = Settings(database_url="postgresql://me:pw@db/x")
    assert named.database_url_for("inbox") == "postgresql://me:pw@db/x"
