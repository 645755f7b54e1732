"""Canonical JSON, Multikeys and object integrity proofs: published vectors, another implementation, and refusals."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apsig import ProofSigner, ProofVerifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from apcore import keys, multibase
from apcore.keys import BadKey
from apcore.signatures import proofs
from apcore.signatures.canonical import NotCanonical, canonical
from apcore.signatures.proofs import ProofRefused, Prover

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

# FEP-8b32, fep-8b32.feature.
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
METHOD = "https://server.example/users/alice#ed25519-key"
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
V1 = "https://w3id.org/security/data-integrity/v1"
V2 = "https://w3id.org/security/data-integrity/v2"
VALUES = {
    V1: "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z",
    V2: "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
}
ACTIVITY: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": "https://server.example/users/alice",
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}


def the_vector(version: str) -> dict[str, Any]:
    context = [*ACTIVITY["@context"], version]
    proof = {
        "@context": context,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "proofValue": VALUES[version],
        "created": "2023-02-24T23:36:38Z",
    }
    return ACTIVITY | {"@context": context, "proof": proof}


@pytest.fixture
def prover() -> Prover:
    secret = multibase.decode(SECRET)
    assert secret[:2] == b"\x80\x26"
    return Prover(key_id=METHOD, key=Ed25519PrivateKey.from_private_bytes(secret[2:]))


def holds(document: dict[str, Any], public: str = PUBLIC, now: datetime = NOW) -> bool:
    return any(proofs.verify(proof, keys.load_multikey(public)) for proof in proofs.read(document, now))


@pytest.mark.parametrize("version", [V1, V2])
def test_the_vectors_of_the_proposal_hold(version: str) -> None:
    document = the_vector(version)
    assert proofs.read(document, NOW)[0].method == METHOD
    assert holds(document)


def test_we_make_the_proof_of_the_proposal(prover: Prover) -> None:
    assert proofs.prove(ACTIVITY, prover, CREATED) == the_vector(V1)


def test_another_implementation_accepts_what_we_prove(prover: Prover) -> None:
    assert ProofVerifier(prover.key.public_key()).verify(proofs.prove(ACTIVITY, prover, NOW)) == METHOD


def test_we_accept_what_another_implementation_proves(prover: Prover) -> None:
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod",
        "verificationMethod": METHOD,
        "created": "2026-11-23T12:00:00Z",
    }
    assert holds(ProofSigner(prover.key).sign(ACTIVITY, options))


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Delete"},
        {"actor": "https://evil.example/users/mallory"},
        {"to": "https://www.w3.org/ns/activitystreams#Public"},
        {"object": ACTIVITY["object"] | {"content": "Goodbye"}},
    ],
)
def test_a_changed_document_does_not_hold(change: dict[str, Any]) -> None:
    assert not holds(the_vector(V1) | change)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"proofPurpose": "authentication"},
        {"verificationMethod": 7},
        {"verificationMethod": "javascript:alert(1)"},
        {"proofValue": None},
        {"proofValue": "u0000"},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "2" * 5000},
        {"proofValue": PUBLIC},
        {"created": "2099-01-01T00:00:00Z"},
        {"created": "yesterday"},
        {"expires": "2024-01-01T00:00:00Z"},
        {"expires": []},
        {"@context": ["https://evil.example/"]},
    ],
)
def test_a_proof_that_is_none_is_refused(change: dict[str, Any]) -> None:
    document = the_vector(V1)
    with pytest.raises(ProofRefused):
        proofs.read(document | {"proof": document["proof"] | change}, NOW)


@pytest.mark.parametrize("proof", [None, "x", [], [1], {}, [{}] * 50])
def test_what_is_no_proof_is_refused(proof: object) -> None:
    with pytest.raises(ProofRefused):
        proofs.read(ACTIVITY | {"proof": proof}, NOW)


def test_a_context_that_was_added_is_refused() -> None:
    document = the_vector(V1)
    with pytest.raises(ProofRefused):
        proofs.read(document | {"@context": [*document["@context"], {"content": "as:summary"}]}, NOW)


def test_a_changed_proof_does_not_hold() -> None:
    document = the_vector(V1)
    other = document["proof"] | {"verificationMethod": "https://server.example/users/bob#ed25519-key"}
    assert not holds(document | {"proof": other})


def test_of_several_proofs_one_that_holds_is_enough() -> None:
    document = the_vector(V1)
    assert holds(document | {"proof": [{"type": "Other"}, document["proof"]]})


def test_a_proof_may_be_old_but_not_of_the_future(prover: Prover) -> None:
    document = proofs.prove(ACTIVITY, prover, NOW)
    assert holds(document, now=NOW + timedelta(days=900))
    with pytest.raises(ProofRefused):
        proofs.read(document, NOW - timedelta(hours=2))


# RFC 8785, appendix B: bits of a double, and how it is written.
@pytest.mark.parametrize(
    ("bits", "written"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("ffefffffffffffff", "-1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555555", "333333333.3333333"),
        ("41b3de4355555556", "333333333.3333334"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_of_the_rfc(bits: str, written: str) -> None:
    import struct  # noqa: PLC0415  # only these vectors are given in bits

    [number] = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number).decode() == written


def test_the_sample_of_the_rfc() -> None:
    sample = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    )
    assert canonical(sample).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_are_sorted_by_utf_16() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical(dict.fromkeys(names, 0))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_integers_beyond_a_double_are_written_as_one() -> None:
    assert canonical(2**53 + 1) == b"9007199254740992"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "\ud800", {"\udfff": 1}, object()])
def test_what_json_cannot_say_has_no_form(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_what_is_too_deep_has_no_form() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    with pytest.raises(NotCanonical):
        canonical(deep)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_the_form_says_the_same_and_is_its_own_form(value: Any) -> None:
    written = canonical(value)
    # Beyond 2**53 integers and doubles are written alike.
    assert json.loads(written, parse_int=float) == value
    assert canonical(json.loads(written)) == written


def test_a_multikey_goes_there_and_back() -> None:
    assert keys.write_multikey(keys.load_multikey(PUBLIC)) == PUBLIC  # type: ignore[arg-type]  # an Ed25519 key
    pair = keys.generate_ed25519()
    assert keys.write_multikey(keys.load_ed25519(pair.private_pem).public_key()) == pair.multikey
    assert "PRIVATE" not in repr(pair)


def test_an_rsa_multikey_is_read() -> None:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    key = keys.load_public(keys.generate().public_pem)
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    assert keys.load_verifying(multibase.encode(b"\x85\x24" + der)) == key


@pytest.mark.parametrize("written", ["", "z", "zz", "u7QE", SECRET, "z" + "1" * 3000, PUBLIC[:-3], "é"])
def test_what_is_no_multikey_is_refused(written: str) -> None:
    with pytest.raises(BadKey):
        keys.load_multikey(written)


@given(st.binary(max_size=100))
def test_multibase_goes_there_and_back(data: bytes) -> None:
    assert multibase.decode(multibase.encode(data)) == data
