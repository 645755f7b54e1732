"""Class LDSIG: signatures within documents. Ours are JSON as it stands (FEP-8b32); LD signatures prove nothing here."""

import datetime as dt
import itertools
import time
from typing import Any

import orjson
import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person

from apcore import keys
from apcore.context import CONTEXT
from apcore.signatures import proofs
from apcore.signatures.proofs import Prover
from social.accounts.model import Account

LD = {
    "type": "RsaSignature2017",
    "creator": "https://far.localhost/users/bob#main-key",
    "created": "2026-11-23T12:00:00Z",
    "signatureValue": "AAAA",
}
ALIASES = {"kind": "@type", "who": "as:actor", "what": "as:object", "content": "as:summary"}


def proven(bob: Person, document: dict[str, Any]) -> dict[str, Any]:
    """The document with a proof that holds, by a key that bob publishes."""
    pair = keys.generate_ed25519()
    method = f"{bob.uri}#ed25519-key"
    written = {"id": method, "type": "Multikey", "controller": bob.uri, "publicKeyMultibase": pair.multikey}
    bob.profile = {"assertionMethod": [written]}
    bob.publish()
    prover = Prover(key_id=method, key=keys.load_ed25519(pair.private_pem))
    return proofs.prove(document, prover, dt.datetime.now(dt.UTC))


@pytest.mark.parametrize("row", ["LDSIG-01", "LDSIG-03", "LDSIG-05"])
async def test_ldsig_01_03_and_05_renamed_terms_make_a_document_another(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, row: str
) -> None:
    note = bob.note(tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}], cc=[alice.uri])
    door.neighbours.fails(note["id"], 404)
    signed = proven(bob, bob.creates(note))
    renamed = {"LDSIG-01": ALIASES, "LDSIG-03": {"object": "as:target"}, "LDSIG-05": {"Create": "as:Delete"}}[row]
    changed = signed | {"@context": [*signed["@context"], renamed]}
    assert (await door.deliver(mallory, changed)).status_code == 202
    spelled = {key if key != "type" else "as:type": value for key, value in signed.items()}
    await door.deliver(mallory, spelled)
    await door.deliver(mallory, signed | {"@context": list(CONTEXT)} | {"signature": LD})
    await door.settle()
    assert await door.events() == []


async def test_ldsig_02_a_graph_that_is_folded_is_refused(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    for key, depth in itertools.product(("@graph", "@included", "@reverse"), range(5)):
        nested: Any = {key: [bob.does("Follow", alice.uri)]}
        for _ in range(depth):
            nested = {"tag": [nested]}
        for seal in ({"signature": LD}, {}):
            document = bob.does("Follow", alice.uri) | nested | seal
            for sender in (mallory, bob):
                assert (await door.deliver(sender, document)).status_code == 400
    await door.settle()
    assert await door.events() == []


@pytest.mark.parametrize(
    "context",
    [
        [f"https://evil.localhost/{number}" for number in range(50)],
        ["https://evil.localhost/imports-itself", {"@import": "https://evil.localhost/imports-itself"}],
        ["https://127.0.0.1/context", "http://localhost/context"],
    ],
    ids=["many", "self-importing", "loopback"],
)
async def test_ldsig_06_contexts_are_never_fetched(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours, context: list[Any]
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    await door.hears(mallory, mallory.does("Follow", alice.uri))
    asked = list(neighbours.asked)
    for seal in ({}, {"signature": LD}):
        document = bob.does("Like", f"{alice.uri}/statuses/1") | {"@context": context} | seal
        started = time.process_time()
        assert (await door.deliver(bob, document)).status_code == 202
        assert time.process_time() - started < 0.1
        await door.deliver(mallory, document)
    await door.settle()
    assert neighbours.asked == asked


async def test_ldsig_06_a_large_context_is_not_read(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri) | {"@context": [{"x" * 1000: str(n)} for n in range(10_000)]})
    assert (await door.deliver(bob, body)).status_code == 413


async def test_ldsig_07_an_ld_signature_alone_makes_us_ask_the_origin(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    note = bob.note("<p>True</p>", tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}], cc=[alice.uri])
    sealed = bob.creates(note | {"content": "<p>False</p>"}) | {"signature": LD}
    assert (await door.deliver(mallory, sealed)).status_code == 202
    for kind in ("Follow", "Undo", "Block", "Move", "Flag"):
        await door.deliver(mallory, bob.does(kind, alice.uri) | {"signature": LD})
    await door.settle()
    assert [event["type"] for event in await door.events()] == ["account.created", "status.created"]
    assert await door.res.db.fetchval("SELECT content FROM social.statuses") == "<p>True</p>"
