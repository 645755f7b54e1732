"""LD signatures on what somebody else brings: they count where that is chosen, and then for what they sign alone."""

import datetime as dt
from typing import Any

import pytest
from doorstep import Doorstep, counted
from neighbours import Person

from apcore import keys
from apcore.signatures import ld
from social.accounts.model import Account


@pytest.fixture
def changes() -> dict[str, object]:
    return {"believe_ld_signatures": True}


def sealed(person: Person, document: dict[str, Any], *, by: Person | None = None) -> dict[str, Any]:
    signer = by or person
    return ld.sign(document, signer.key_id, keys.load_private(signer.pair.private_pem), dt.datetime.now(dt.UTC))


async def contents(door: Doorstep) -> list[str]:
    return [row["content"] for row in await door.res.db.fetch("SELECT content FROM social.statuses ORDER BY id")]


def to_alice(bob: Person, alice: Account, content: str) -> dict[str, Any]:
    """A reply that its own server does not show any more: who believes it has it from whoever brings it."""
    note = bob.note(content, tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}], cc=[alice.uri])
    bob.neighbours.fails(note["id"], 404)
    return note


async def test_a_signed_post_that_others_bring_counts(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    before = counted("murmuration_inbox_forwarded_total", "outcome")
    note = to_alice(bob, alice, "<p>True</p>")
    assert (await door.deliver(mallory, sealed(bob, bob.creates(note)))).status_code == 202
    await door.settle()
    assert await contents(door) == ["<p>True</p>"]
    changed = note | {"content": "<p>Truer</p>", "updated": "2026-06-02T12:00:00Z"}
    await door.deliver(mallory, sealed(bob, bob.does("Update", changed, to=note["to"], cc=note["cc"])))
    await door.settle()
    assert await contents(door) == ["<p>Truer</p>"]
    gone = {"id": note["id"], "type": "Tombstone"}
    await door.deliver(mallory, sealed(bob, bob.does("Delete", gone, to=note["to"])))
    await door.settle()
    assert await contents(door) == []
    assert counted("murmuration_inbox_forwarded_total", "outcome")[("proven",)] - before[("proven",)] == 3


async def test_what_was_changed_on_the_way_counts_for_nothing(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    signed = sealed(bob, bob.creates(to_alice(bob, alice, "<p>True</p>")))
    forged = sealed(bob, bob.creates(to_alice(bob, alice, "<p>Forged</p>")), by=mallory)
    for document in (
        signed | {"object": signed["object"] | {"content": "<p>False</p>"}},
        signed | {"type": "Delete"},
        signed | {"@context": [*signed["object"]["@context"], {"content": "as:summary", "says": "as:content"}]},
        signed | {"@context": "https://evil.localhost/context"},
        forged,
        forged | {"signature": forged["signature"] | {"creator": bob.key_id}},
    ):
        assert (await door.deliver(mallory, document)).status_code == 202
    await door.settle()
    assert await contents(door) == []


async def test_only_what_was_signed_is_read(door: Doorstep, bob: Person, mallory: Person, alice: Account) -> None:
    note = to_alice(bob, alice, "<p>True</p>")
    del note["@context"]
    signed = sealed(bob, bob.does("Create", note, to=note["to"], cc=note["cc"]))
    # The context that bob used knows nothing of this term, so his signature does not cover it.
    signed["object"]["sensitive"] = True
    await door.deliver(mallory, signed)
    await door.settle()
    assert await door.res.db.fetchval("SELECT sensitive FROM social.statuses") is False


async def test_only_posts_may_come_by_way_of_others(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    for kind in ("Follow", "Undo", "Block", "Move", "Flag", "Like"):
        assert (await door.deliver(mallory, sealed(bob, bob.does(kind, alice.uri)))).status_code == 202
    await door.settle()
    assert await door.events() == []
