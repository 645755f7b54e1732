"""Keys."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from apcore import keys


def public_pem(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def test_a_generated_pair_belongs_together():
    pair = keys.generate()
    assert public_pem(keys.load_private(pair.private_pem)) == pair.public_pem
    assert keys.load_public(pair.public_pem).key_size == 2048


def test_a_pair_never_shows_its_private_half():
    assert "PRIVATE" not in repr(keys.generate())


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "nonsense",
        "\0",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "x" * 100_000,
        public_pem(rsa.generate_private_key(65537, 1024)),
        public_pem(ed25519.Ed25519PrivateKey.generate()),
    ],
)
def test_a_key_outside_of_the_bounds_is_refused(pem):
    with pytest.raises(keys.BadKey):
        keys.load_public(pem)


def test_the_cache_parses_once_and_stays_small():
    cache = keys.KeyCache(size=1)
    first, second = keys.generate(), keys.generate()
    parsed = cache.public(first.public_pem)
    assert cache.public(first.public_pem) is parsed
    cache.public(second.public_pem)
    assert cache.public(first.public_pem) is not parsed
