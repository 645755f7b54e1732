"""LD signatures: what we sign is believed, what others sign is read as they meant it, and nothing is smuggled in."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from apsig import LDSignature
from pyld import jsonld as pyld

from apcore import keys
from apcore.context import ACTIVITYSTREAMS, CONTEXT, PUBLIC
from apcore.signatures import graph, ld, proofs
from apcore.signatures.ld import LdRefused
from apcore.signatures.proofs import Prover
from apcore.vocabularies import KNOWN

Json = dict[str, Any]

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
PAIR = keys.generate()
KEY = keys.load_private(PAIR.private_pem)
PUBLIC_KEY = keys.load_public(PAIR.public_pem)
ALICE = "https://far.test/users/alice"
KEY_ID = f"{ALICE}#main-key"
TOOT = "http://joinmastodon.org/ns#"


def a_note(**more: object) -> Json:
    return {
        "id": f"{ALICE}/notes/1",
        "type": "Note",
        "attributedTo": ALICE,
        "content": "<p>Hello</p>",
        "contentMap": {"en": "<p>Hello</p>"},
        "summary": "Careful",
        "sensitive": True,
        "to": [PUBLIC],
        "cc": [f"{ALICE}/followers"],
        "published": "2026-06-01T12:00:00Z",
        "tag": [{"type": "Mention", "href": "https://near.test/users/bob", "name": "@bob"}],
        "replies": {"id": f"{ALICE}/notes/1/replies", "type": "Collection", "first": {"type": "CollectionPage"}},
        **more,
    }


def a_create(**more: object) -> Json:
    return {
        "@context": list(CONTEXT),
        "id": f"{ALICE}/notes/1/activity",
        "type": "Create",
        "actor": ALICE,
        "to": [PUBLIC],
        "object": a_note(),
        **more,
    }


def signed(document: Json, now: dt.datetime = NOW) -> Json:
    return ld.sign(document, KEY_ID, KEY, now)


def holds(document: Json, now: dt.datetime = NOW) -> bool:
    return ld.verify(ld.read(document, now), PUBLIC_KEY)


def test_what_we_sign_is_believed_and_read_as_it_was_meant() -> None:
    read = ld.read(signed(a_create()), NOW)
    assert ld.verify(read, PUBLIC_KEY)
    assert read.creator == KEY_ID
    said = read.document["object"]
    assert (said["id"], said["type"], said["content"]) == (f"{ALICE}/notes/1", "Note", "<p>Hello</p>")
    assert (said["summary"], said["sensitive"], said["contentMap"]) == ("Careful", True, {"en": "<p>Hello</p>"})
    assert said["tag"] == {"type": "Mention", "href": "https://near.test/users/bob", "name": "@bob"}
    assert (read.document["type"], read.document["actor"]) == ("Create", ALICE)
    assert not ld.verify(read, keys.load_public(keys.generate().public_pem))


def test_a_signature_and_a_proof_stand_side_by_side() -> None:
    pair = keys.generate_ed25519()
    prover = Prover(key_id=f"{ALICE}#ed25519-key", key=keys.load_ed25519(pair.private_pem))
    both = signed(proofs.prove(a_create(), prover, NOW))
    assert holds(both)
    [proof] = proofs.read(both, NOW)
    assert proofs.verify(proof, keys.load_multikey(pair.multikey))


def test_what_another_implementation_signs_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(url: str, _: object) -> Json:
        # The implementation names the context by an address that it has moved away from.
        known = KNOWN["https://w3id.org/security/v1" if "security-v1" in url else url]
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": known}}

    monkeypatch.setattr(pyld, "_default_document_loader", load)
    theirs = LDSignature().sign(a_create(), KEY_ID, KEY, created=NOW)
    del theirs["signature"]["@context"]
    assert holds(theirs)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["object"].update(content="<p>Goodbye</p>"),
        lambda d: d["object"].pop("summary"),
        lambda d: d["object"].update(inReplyTo="https://near.test/notes/1"),
        lambda d: d["object"].update(inReplyTo="../2"),
        lambda d: d["object"].update(misleading={"type": "Note", "content": "x"}),
        lambda d: d["object"].update({f"{TOOT}votersCount": 3}),
        lambda d: d.update(to=[f"{ALICE}/followers"]),
        lambda d: d.update(actor="https://far.test/users/mallory"),
        lambda d: d["signature"].update(creator="https://far.test/users/mallory#main-key"),
        lambda d: d["signature"].update(created="2026-05-31T12:00:00Z"),
        lambda d: d["signature"].update(nonce="1"),
        lambda d: d["signature"].update(signatureValue="AAAA"),
    ],
    ids=[
        "words",
        "less",
        "more",
        "relative",
        "nameless",
        "in full",
        "audience",
        "actor",
        "creator",
        "time",
        "nonce",
        "value",
    ],
)
def test_a_changed_document_is_not_believed(change: Callable[[Json], object]) -> None:
    document = signed(a_create())
    change(document)
    assert not holds(document)


def test_what_is_not_signed_is_not_read() -> None:
    document = signed(a_create())
    document["object"] |= {"misleading": "x"}
    document |= {"unheardOf": "x"}
    read = ld.read(document, NOW)
    assert ld.verify(read, PUBLIC_KEY)
    assert "x" not in str(read.document).replace("index", "").split("'")


ALIASED = [
    {"kind": "@type", "who": "as:actor"},
    {"object": "as:target"},
    {"Create": "as:Delete"},
    {"x": {"@reverse": "as:object"}},
    {"x": "@graph"},
    {"x": "@included"},
    {"x": {"@id": "as:object", "@container": "@graph"}},
    {"x": {"@id": "as:object", "@container": ["@graph", "@id"]}},
    {"x": {"@id": "as:object", "@context": {}}},
    {"x": {"@id": "@nest"}},
    {"x": {"@id": "as:object", "@type": "@json"}},
    {"@vocab": "https://www.w3.org/ns/activitystreams#"},
    {"@base": "https://far.test/"},
    {"@language": "en"},
    {"@import": "https://far.test/context"},
    {"@version": 1.1},
    {"as:actor": "as:object"},
    {"as": "https://far.test/"},
    {"id": None},
    {f"x{n}": f"https://far.test/{n}" for n in range(300)},
    "https://far.test/context",
    "https://127.0.0.1/context",
    None,
    7,
]


@pytest.mark.parametrize("context", ALIASED, ids=str)
@pytest.mark.parametrize("where", ["outside", "within"])
def test_contexts_that_fold_or_rename_are_refused(context: object, where: str) -> None:
    document = signed(a_create())
    if where == "outside":
        document["@context"] = [*document["@context"], context]
    else:
        document["object"]["@context"] = [context]
    if context is None and where == "within":
        context = [None]
        document["object"]["@context"] = [[None]]
    with pytest.raises(LdRefused):
        ld.read(document, NOW)


def test_the_same_graph_written_in_another_way_reads_the_same() -> None:
    """A term of one's own for a word of the vocabulary changes nothing of what is read."""
    document = signed(a_create())
    words = document["object"].pop("content")
    document["object"]["says"] = words
    document["@context"] = [*document["@context"], {"says": "as:content"}]
    read = ld.read(document, NOW)
    assert ld.verify(read, PUBLIC_KEY)
    assert read.document["object"]["content"] == "<p>Hello</p>"
    assert "says" not in read.document["object"]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(type=["Create", "Delete"]),
        lambda d: d.update(object=[d["object"], f"{ALICE}/notes/2"]),
        lambda d: d["object"].update(attributedTo=[ALICE, "https://far.test/users/eve"]),
        lambda d: d["object"].update(url={"id": f"{ALICE}/notes/1", "summary": "x"}),
        lambda d: d.update(object=f"{ALICE}/notes/1", target=d["object"]),
        lambda d: d["object"].update(inReplyTo="https://far.test/> <x> <y"),
        lambda d: d["object"].update(tag=[{"icon": [{} for _ in range(9)]} for _ in range(2)]),
        lambda d: d["object"].update(tag=[{"href": f"https://far.test/{n}"} for n in range(1001)]),
        lambda d: d["object"].update({"contentMap": {'en" . <x:y> <z:z> "x"@de': "x"}}),
    ],
    ids=["types", "objects", "authors", "twice", "moved", "breaks out", "alike", "many", "language"],
)
def test_what_can_be_understood_in_several_ways_is_refused(change: Callable[[Json], object]) -> None:
    document = a_create()
    change(document)
    with pytest.raises(LdRefused):
        ld.read(document | {"signature": signed(a_create())["signature"]}, NOW)


@pytest.mark.parametrize(
    ("later", "believed"), [(dt.timedelta(days=1), True), (dt.timedelta(days=3), False), (-dt.timedelta(days=1), False)]
)
def test_a_signature_has_its_time(later: dt.timedelta, believed: bool) -> None:
    document = signed(a_create())
    if believed:
        assert holds(document, NOW + later)
    else:
        with pytest.raises(LdRefused):
            ld.read(document, NOW + later)


def test_a_delete_and_an_announce_are_signed_too() -> None:
    for kind in ("Delete", "Announce"):
        document = {"@context": ACTIVITYSTREAMS, "id": f"{ALICE}#x", "type": kind, "actor": ALICE, "to": [PUBLIC]}
        assert holds(signed(document | {"object": f"{ALICE}/notes/1"}))


def test_our_own_contexts_are_understood_once() -> None:
    known = graph.memory()
    first, second = (graph.digest(a_create(), known) for _ in range(2))
    assert first == second == graph.digest(a_create())
