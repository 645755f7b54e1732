"""Class LDSIG where LD signatures are believed, which is a choice: a graph that can be read otherwise is not read."""

import datetime as dt
import itertools
import time
from typing import Any

import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person

from apcore import keys
from apcore.signatures import ld
from social.accounts.model import Account


@pytest.fixture
def changes() -> dict[str, object]:
    return {"believe_ld_signatures": True}


@pytest.fixture
def note(bob: Person, alice: Account) -> dict[str, Any]:
    """What bob's server shows nobody any more: who has it from others believes a signature."""
    tag = [{"type": "Mention", "href": alice.uri, "name": "@alice"}]
    found = bob.note("<p>True</p>", summary="A summary", tag=tag, cc=[alice.uri])
    bob.neighbours.fails(found["id"], 404)
    return found


def sealed(bob: Person, document: dict[str, Any]) -> dict[str, Any]:
    return ld.sign(document, bob.key_id, keys.load_private(bob.pair.private_pem), dt.datetime.now(dt.UTC))


async def kept(door: Doorstep) -> list[tuple[str, str]]:
    await door.settle()
    rows = await door.res.db.fetch("SELECT content, spoiler_text FROM social.statuses ORDER BY id")
    return [tuple(row) for row in rows]


AS = "https://www.w3.org/ns/activitystreams#"
RENAMINGS: list[Any] = [
    {"kind": "@type", "who": "as:actor", "what": "as:object"},
    {"type": "as:name", "kind": "@type"},
    {"object": "as:target", "target": "as:object"},
    {"actor": "as:attributedTo"},
    {"content": "as:summary", "summary": "as:content"},
    {"Create": "as:Delete", "Delete": "as:Create"},
    {"Create": f"{AS}Delete"},
    {"id": "@type", "type": "@id"},
    {"as": "https://evil.localhost/#"},
    {"@vocab": "https://evil.localhost/#"},
    {"@base": "https://evil.localhost/"},
    {"@import": "https://www.w3.org/ns/activitystreams"},
    {"@propagate": False},
    {"@version": 1.1, "object": {"@id": "as:object", "@context": {"content": "as:name"}}},
    {"Note": {"@id": "as:Note", "@context": {"content": "as:summary"}}},
    {"attributedTo": {"@reverse": "as:object"}},
    {"content": {"@id": "as:content", "@container": "@graph"}},
    {"tag": {"@id": "as:tag", "@type": "@json"}},
    {"to": {"@id": "as:to", "@container": "@index"}},
    None,
]


async def test_ldsig_01_03_and_05_a_signed_document_is_read_in_one_way(
    door: Doorstep, bob: Person, mallory: Person, note: dict[str, Any]
) -> None:
    signed = sealed(bob, bob.creates(note))
    for context in RENAMINGS:
        for changed in (
            signed | {"@context": [*_many(signed["@context"]), context]},
            signed | {"@context": [context, *_many(signed["@context"])]},
            signed | {"object": signed["object"] | {"@context": [*_many(signed["object"]["@context"]), context]}},
        ):
            assert (await door.deliver(mallory, changed)).status_code == 202
    spelled = {"actor": "as:actor", "object": "as:object", "type": "@type"}
    renamed = {spelled.get(name, name): item for name, item in signed.items()}
    # As it was signed, said in other words or with more beside it: the graph is what counts.
    assert set(await kept(door)) <= {("<p>True</p>", "A summary")}
    await door.deliver(mallory, renamed | {"actor": mallory.uri})
    await door.deliver(mallory, renamed | {"type": "Delete"})
    await door.deliver(mallory, signed)
    assert await kept(door) == [("<p>True</p>", "A summary")]
    authors = "SELECT DISTINCT a.uri FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id"
    assert await door.res.db.fetchval(authors) == bob.uri


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


async def test_ldsig_02_a_signed_graph_that_is_folded_is_not_read(
    door: Doorstep, bob: Person, mallory: Person, note: dict[str, Any]
) -> None:
    signed = sealed(bob, bob.creates(note))
    bare = {name: item for name, item in signed.items() if name not in ("@context", "signature")}
    around = {"@context": signed["@context"], "signature": signed["signature"]}
    for key, depth in itertools.product(("@graph", "@included", "@reverse", "@nest", "@index"), range(5)):
        folded: Any = {key: [bare] if key != "@reverse" else {"object": [bare]}}
        for _ in range(depth):
            folded = {"tag": [folded]}
        for document in (around | folded, signed | folded, around | bare | {"object": bare["object"] | folded}):
            assert (await door.deliver(mallory, document)).status_code in (202, 400, 401, 422)
    assert await kept(door) == []


async def test_ldsig_06_a_signed_documents_contexts_are_never_fetched(
    door: Doorstep, bob: Person, mallory: Person, note: dict[str, Any], neighbours: Neighbours, alice: Account
) -> None:
    for person in (bob, mallory):
        await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1"))
    signed = sealed(bob, bob.creates(note))
    evil = "https://evil.localhost/context"
    contexts: list[Any] = [
        [f"{evil}/{number}" for number in range(50)],
        [evil, {"@import": evil}],
        ["https://127.0.0.1/context", "http://localhost/context", "file:///etc/passwd"],
        [{"x" * 100: str(number)} for number in range(900)],
        [{str(number): f"as:x{number}" for number in range(900)}],
    ]
    for context in contexts:
        changed = signed | {"@context": [*_many(signed["@context"]), *context]}
        started = time.process_time()
        assert (await door.deliver(mallory, changed)).status_code == 202
        assert time.process_time() - started < 0.1
    asked = [name for name in neighbours.asked if "context" in name]
    # It is asked for at its origin, where it is not: that is all.
    assert (await kept(door), asked) == ([], [])


async def test_ldsig_07_a_signature_by_nobodys_key_proves_nothing(
    door: Doorstep, bob: Person, mallory: Person, note: dict[str, Any]
) -> None:
    created = bob.creates(note)
    by_mallory = sealed(mallory, created)
    named = by_mallory | {"signature": by_mallory["signature"] | {"creator": bob.key_id}}
    signed = sealed(bob, created)
    emptied = signed | {"signature": signed["signature"] | {"signatureValue": ""}}
    doubled = signed | {"signature": [by_mallory["signature"], signed["signature"]]}
    for document in (by_mallory, named, emptied, doubled):
        assert (await door.deliver(mallory, document)).status_code == 202
    assert await kept(door) == []
