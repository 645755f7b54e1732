"""HTTP Message Signatures: the RFC's own vectors, another implementation both ways, and what is refused."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from hypothesis import given
from hypothesis import strategies as st

from apcore.keys import load_private, load_public
from apcore.signatures import digest, rfc9421, structured
from apcore.signatures.cavage import Request, SignatureRefused, request_of
from apcore.signatures.digest import BadDigest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BODY = b'{"type":"Follow"}'
ORIGIN = "https://good.test"
KEY_ID = "https://far.test/u/1#main-key"

# Appendix B of the RFC.
VECTOR_ORIGIN = "https://example.com"
VECTOR_BODY = b'{"hello": "world"}'
VECTOR_DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
VECTOR_HEADERS = [
    ("Host", "example.com"),
    ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("Content-Type", "application/json"),
    ("Content-Digest", VECTOR_DIGEST),
    ("Content-Length", "18"),
]
ED25519_KEY = ed25519.Ed25519PublicKey.from_public_bytes(
    bytes.fromhex("26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb")
)
PSS_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
"""
B21 = (
    'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    (
        "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG"
        "52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVro"
        "gUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ"
        "98Xw9Q=="
    ),
)
B22 = (
    (
        'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473'
        ';keyid="test-key-rsa-pss";tag="header-example"'
    ),
    (
        "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT"
        "8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBS"
        "pqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTu"
        "gEjHSw=="
    ),
)
B23 = (
    (
        'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")'
        ';created=1618884473;keyid="test-key-rsa-pss"'
    ),
    (
        "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fU"
        "xN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA"
        "1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKE"
        "gM4cUA=="
    ),
)
B26 = (
    (
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    ),
    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
)
B4 = (
    'transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    "ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==",
)


def vector(said: tuple[str, str], *, method: str = "POST", target: str = "/foo?param=Value&Pet=dog") -> Request:
    label = said[0].partition("=")[0]
    headers = [*VECTOR_HEADERS, ("Signature-Input", said[0]), ("Signature", f"{label}=:{said[1]}:")]
    return request_of(method, target, headers, VECTOR_BODY)


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def signed(key: Any, *, method: str = "POST", target: str = "/inbox?page=1", **changes: Any) -> Request:
    fields: dict[str, Any] = {"now": NOW, "body": BODY, "content_type": "application/activity+json"}
    headers = rfc9421.sign(key, KEY_ID, method=method, url=f"{ORIGIN}{target}", **(fields | changes))
    return request_of(method, target, headers.items(), (fields | changes)["body"])


def handmade(
    key: Any, components: str, *, parameters: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Request:
    """A request whose signature covers just these, as a peer of other habits would make it."""
    said = f'({components});created={int(NOW.timestamp())};keyid="{KEY_ID}"' if parameters is None else parameters
    said = said if said.startswith("(") else f"({components}){said}"
    fields = {"content-digest": digest.content_digest(BODY), "date": "x", **(headers or {})}
    request = Request(method="POST", target="/inbox?page=1", headers=fields, body=BODY)
    inner = structured.read_dictionary(f"s={said}")["s"]
    assert isinstance(inner, structured.InnerList)
    value = structured.write_bare(rfc9421._made(key, rfc9421.base_of(request, ORIGIN, inner)))
    names = fields | {"signature-input": f"s={said}", "signature": f"s={value}"} | more
    return Request(method="POST", target="/inbox?page=1", headers=names, body=BODY)


@pytest.mark.parametrize("said", [B21, B22, B23], ids=["B.2.1", "B.2.2", "B.2.3"])
def test_the_rsa_vectors_of_the_rfc_hold(said: tuple[str, str]) -> None:
    request = vector(said)
    [signature] = rfc9421.parse(request)
    assert rfc9421.verify(request, VECTOR_ORIGIN, signature, load_public(PSS_KEY), algorithm=rfc9421.RSA_PSS)
    assert not rfc9421.verify(request, VECTOR_ORIGIN, signature, load_public(PSS_KEY))


def test_the_ed25519_vector_of_the_rfc_holds() -> None:
    request = vector(B26)
    [signature] = rfc9421.parse(request)
    assert rfc9421.verify(request, VECTOR_ORIGIN, signature, ED25519_KEY)


@pytest.mark.parametrize(
    ("label", "components", "lines"),
    [
        ("b24", '("content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"', 3),
        ("b25", '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"', 3),
    ],
)
def test_signatures_of_kinds_that_peers_do_not_use_are_read_and_not_verified(
    label: str, components: str, lines: int
) -> None:
    request = vector((f"{label}={components}", "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="))
    [signature] = rfc9421.parse(request)
    base = rfc9421.base_of(request, VECTOR_ORIGIN, signature.components).decode()
    assert base.endswith(f'\n"@signature-params": {components}')
    assert len(base.splitlines()) == lines + 1
    assert not rfc9421.verify(request, VECTOR_ORIGIN, signature, ED25519_KEY)


@pytest.mark.parametrize(
    ("method", "target", "accept", "holds"),
    [
        ("GET", "/demo?name1=Value1&Name2=value2", ["application/json", "*/*"], True),
        ("GET", "/demo?name1=Value1&Name2=value2&param=added", ["application/json", "*/*"], True),
        ("GET", "/demo?name1=Value1&Name2=value2", ["application/json, */*"], True),
        ("POST", "/demo?name1=Value1&Name2=value2", ["application/json", "*/*"], False),
        ("GET", "/other", ["application/json", "*/*"], False),
        ("GET", "/demo?name1=Value1&Name2=value2", ["*/*", "application/json"], False),
    ],
)
def test_the_transformations_of_the_rfc(method: str, target: str, accept: list[str], holds: bool) -> None:
    headers = [("Accept", value) for value in accept]
    headers += [("Signature-Input", B4[0]), ("Signature", f"transform=:{B4[1]}:")]
    request = request_of(method, target, headers)
    [signature] = rfc9421.parse(request)
    assert rfc9421.verify(request, "https://example.org", signature, ED25519_KEY) is holds


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, key: Any) -> None:
        self.key = key

    def resolve_public_key(self, key_id: str) -> Any:
        assert key_id == KEY_ID
        return self.key.public_key()

    def resolve_private_key(self, key_id: str) -> Any:
        assert key_id == KEY_ID
        return self.key


class Message:
    """A request as the other implementation sees it."""

    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        self.method, self.url, self.headers = method, url, headers


KINDS = {"rsa": algorithms.RSA_V1_5_SHA256, "ed25519": algorithms.ED25519, "pss": algorithms.RSA_PSS_SHA512}


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_implementation_accepts_what_we_sign(rsa_key: rsa.RSAPrivateKey, kind: str, method: str) -> None:
    key = rsa_key if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    body = BODY if method == "POST" else None
    url = f"{ORIGIN}/inbox?page=1"
    headers = rfc9421.sign(key, KEY_ID, method=method, url=url, now=datetime.now(UTC), body=body)
    verifier = HTTPMessageVerifier(signature_algorithm=KINDS[kind], key_resolver=Keys(key))
    [result] = verifier.verify(Message(method, url, headers), max_age=timedelta(minutes=5))
    assert '"@target-uri"' in result.covered_components


@pytest.mark.parametrize("kind", ["rsa", "pss", "ed25519"])
@pytest.mark.parametrize(
    "target", [("@target-uri",), ("@authority", "@path", "@query"), ("@authority", "@request-target")]
)
def test_we_accept_what_another_implementation_signs(
    rsa_key: rsa.RSAPrivateKey, kind: str, target: tuple[str, ...]
) -> None:
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa_key
    headers = {"Host": "good.test", "Content-Digest": digest.content_digest(BODY), "Content-Type": "text/plain"}
    signer = HTTPMessageSigner(signature_algorithm=KINDS[kind], key_resolver=Keys(key))
    components = ("@method", *target, "content-digest", "content-type")
    now = datetime.now(UTC)
    signer.sign(
        Message("POST", f"{ORIGIN}/inbox?page=1", headers),
        key_id=KEY_ID,
        created=now,
        covered_component_ids=components,
        include_alg=kind == "pss",
        use_existing_digest=True,
    )
    request = request_of("POST", "/inbox?page=1", headers.items(), BODY)
    [signature] = rfc9421.read(request, now)
    assert rfc9421.verify(request, ORIGIN, signature, key.public_key())
    assert not rfc9421.verify(request, "https://other.test", signature, key.public_key())


def test_our_own_is_read_and_holds(rsa_key: rsa.RSAPrivateKey) -> None:
    request = signed(rsa_key)
    [signature] = rfc9421.read(request, NOW)
    assert (signature.key_id, signature.covered) == (KEY_ID, ("@method", "@target-uri", "content-digest"))
    assert rfc9421.verify(request, ORIGIN, signature, rsa_key.public_key())


@pytest.mark.parametrize(
    "components",
    [
        "",
        '"@method"',
        '"@target-uri" "content-digest"',
        '"@method" "@target-uri"',
        '"@method" "@path" "@query" "content-digest"',
        '"@method" "@authority" "@path" "content-digest"',
        '"@method" "@authority" "@query" "content-digest"',
        '"@method" "@authority" "content-digest"',
    ],
)
def test_a_signature_that_covers_too_little_is_refused(rsa_key: rsa.RSAPrivateKey, components: str) -> None:
    with pytest.raises(SignatureRefused):
        rfc9421.read(handmade(rsa_key, components), NOW)


WHOLE = '"@method" "@target-uri" "content-digest"'
CREATED = int(NOW.timestamp())


@pytest.mark.parametrize(
    "parameters",
    [
        f";created={CREATED}",
        f';keyid="{KEY_ID}"',
        f';created={CREATED};keyid=""',
        f';created="{CREATED}";keyid="{KEY_ID}"',
        f';created=?1;keyid="{KEY_ID}"',
        f";created={CREATED};keyid=token",
        f';created={CREATED};keyid="{KEY_ID}";alg="hmac-sha256"',
        f';created={CREATED};keyid="{KEY_ID}";alg="none"',
        f';created={CREATED - 7200};keyid="{KEY_ID}"',
        f';created={CREATED + 7200};keyid="{KEY_ID}"',
        f';created={CREATED - 600};expires={CREATED - 3601};keyid="{KEY_ID}"',
        f';created={CREATED - 50 * 3600};expires={CREATED + 3600};keyid="{KEY_ID}"',
        f';created=999999999999999;keyid="{KEY_ID}"',
        f';created={CREATED};expires=-1;keyid="{KEY_ID}"',
    ],
)
def test_a_signature_without_its_maker_or_outside_of_its_time_is_refused(
    rsa_key: rsa.RSAPrivateKey, parameters: str
) -> None:
    with pytest.raises(SignatureRefused):
        rfc9421.read(handmade(rsa_key, WHOLE, parameters=parameters), NOW)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("", ""),
        ("s", "s=:AAAA:"),
        (f's=("@method" "@method" "@target-uri" "content-digest");created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=("@method");created={CREATED};keyid="k", s=({WHOLE});created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE});created={CREATED};created=1;keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE});created={CREATED};keyid="k"', "s=:AAAA:, s=:BBBB:"),
        (f's=({WHOLE});created={CREATED};keyid="k"', "other=:AAAA:"),
        (f's=({WHOLE});created={CREATED};keyid="k"', 's="AAAA"'),
        (f's=({WHOLE});created={CREATED};keyid="k"', "s=:A:"),
        (f's=({WHOLE} "@status");created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE} "@method";req);created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE} "Date");created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE} "absent");created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE} "signature");created={CREATED};keyid="k"', "s=:AAAA:"),
        (f's=({WHOLE} "@query-param";name="none");created={CREATED};keyid="k"', "s=:AAAA:"),
        (f"s=({WHOLE}", "s=:AAAA:"),
        (", ".join(f's{n}=({WHOLE});created={CREATED};keyid="k"' for n in range(9)), "s0=:AAAA:"),
        ("s=(" + '"@method" ' * 100 + ")", "s=:AAAA:"),
        ("x" * 10_000, "s=:AAAA:"),
    ],
)
def test_fields_that_can_be_read_in_two_ways_or_none_are_refused(
    rsa_key: rsa.RSAPrivateKey, said: str, value: str
) -> None:
    whole = signed(rsa_key)
    headers = {**whole.headers, "signature-input": said, "signature": value}
    with pytest.raises(SignatureRefused):
        rfc9421.read(Request(method="POST", target=whole.target, headers=headers, body=BODY), NOW)


def test_of_several_signatures_those_are_kept_that_cover_what_they_must(rsa_key: rsa.RSAPrivateKey) -> None:
    good = handmade(rsa_key, WHOLE)
    headers = dict(good.headers)
    headers["signature-input"] = f'weak=("date");created={CREATED};keyid="x", {headers["signature-input"]}'
    headers["signature"] = f"weak=:AAAA:, {headers['signature']}"
    request = Request(method="POST", target=good.target, headers=headers, body=BODY)
    [signature] = rfc9421.read(request, NOW)
    assert rfc9421.verify(request, ORIGIN, signature, rsa_key.public_key())


def test_another_body_is_refused(rsa_key: rsa.RSAPrivateKey) -> None:
    good = signed(rsa_key)
    with pytest.raises(SignatureRefused):
        rfc9421.read(Request(method="POST", target=good.target, headers=good.headers, body=b"{}"), NOW)


def test_another_target_or_method_does_not_verify(rsa_key: rsa.RSAPrivateKey) -> None:
    good = signed(rsa_key)
    [signature] = rfc9421.read(good, NOW)
    for method, target in (("POST", "/inbox?page=2"), ("PUT", "/inbox?page=1")):
        other = Request(method=method, target=target, headers=good.headers, body=BODY)
        assert not rfc9421.verify(other, ORIGIN, signature, rsa_key.public_key())


def test_a_key_of_another_kind_does_not_verify(rsa_key: rsa.RSAPrivateKey) -> None:
    other = ed25519.Ed25519PrivateKey.generate()
    for made_by, verified_by in ((rsa_key, other), (other, rsa_key)):
        request = signed(made_by)
        [signature] = rfc9421.read(request, NOW)
        assert not rfc9421.verify(request, ORIGIN, signature, verified_by.public_key())


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (VECTOR_DIGEST, True),
        ("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", True),
        (f"sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, {VECTOR_DIGEST}", True),
        (f"md5=:AAAA:, {VECTOR_DIGEST}", True),
        (f"sha-256=:AAAA:, {VECTOR_DIGEST}", False),
        ("sha-512=:AAAA:", False),
    ],
)
def test_content_digests_of_the_rfc(header: str, matches: bool) -> None:
    assert digest.content_matches(header, VECTOR_BODY) is matches


@pytest.mark.parametrize(
    "header", ["", "md5=:AAAA:", "sha-256=AAAA", "sha-256=1", "sha-256=:A:", "sha-256=:AA==:,sha-256=:AA==:"]
)
def test_content_digests_that_say_nothing_are_refused(header: str) -> None:
    with pytest.raises(BadDigest):
        digest.content_matches(header, VECTOR_BODY)


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_field_breaks_the_reader(said: str, value: str) -> None:
    request = Request(method="GET", target="/", headers={"signature-input": said, "signature": value})
    with pytest.raises(SignatureRefused):
        rfc9421.read(request, NOW)


def test_a_private_key_of_ours_signs(rsa_key: rsa.RSAPrivateKey) -> None:
    from apcore.keys import generate  # noqa: PLC0415  # it takes a moment, which other tests here need not wait for

    pair = generate()
    request = signed(load_private(pair.private_pem))
    [signature] = rfc9421.read(request, NOW)
    assert rfc9421.verify(request, ORIGIN, signature, load_public(pair.public_pem))
