"""FEP-8fcf: the digest of followers, and the header that carries it."""

import hashlib

import pytest

from apcore import synchronization
from apcore.synchronization import Claim, digest_of

BOB, CAROL = "https://far.test/users/bob", "https://far.test/users/carol"
CLAIM = Claim(collection="https://a.test/f", url="https://a.test/f?part", digest="0f" * 32)


@pytest.mark.parametrize(
    ("uris", "digest"),
    [
        ([], "0" * 64),
        ([BOB], hashlib.sha256(BOB.encode()).hexdigest()),
        ([BOB, BOB], hashlib.sha256(BOB.encode()).hexdigest()),
        # The example of the FEP.
        (
            ["https://testing.example.org/users/1", "https://testing.example.org/users/2"],
            "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f",
        ),
    ],
)
def test_the_digest_is_the_exclusive_or_of_the_accounts_own(uris: list[str], digest: str) -> None:
    assert digest_of(uris) == digest


def test_the_order_of_followers_does_not_matter() -> None:
    assert digest_of([BOB, CAROL]) == digest_of([CAROL, BOB])


def test_what_is_written_is_read_again() -> None:
    assert synchronization.read(synchronization.write(CLAIM)) == CLAIM


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        'collectionId="https://a.test/f", url="https://a.test/p"',
        'collectionId="https://a.test/f", url="https://a.test/p", digest="short"',
        f'collectionId="https://a.test/f", url="ftp://a.test/p", digest="{"0" * 64}"',
        f'collectionId="https://a.test/f", url="https://a.test/p", digest="{"0" * 64}", digest="{"1" * 64}"',
        f'collectionId="https://a.test/{"f" * 9000}", url="https://a.test/p", digest="{"0" * 64}"',
    ],
)
def test_what_makes_no_sense_claims_nothing(header: str) -> None:
    assert synchronization.read(header) is None
