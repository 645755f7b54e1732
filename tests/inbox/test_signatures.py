"""Requests signed after RFC 9421, Ed25519 keys, and activities that others than their authors bring."""

import datetime as dt
from typing import Any

import httpx
import orjson
import pytest
from doorstep import OURS, Doorstep, outcomes
from neighbours import ACTIVITY, KEYS, Neighbours, Person

from apcore import keys
from apcore.keys import Ed25519Pair, SigningKey
from apcore.signatures import proofs, rfc9421
from apcore.signatures.proofs import Prover
from social.accounts.model import Account

PAIR = keys.generate_ed25519()
ANOTHER = keys.generate_ed25519()


def multikey(person: Person, pair: Ed25519Pair = PAIR) -> dict[str, Any]:
    key_id = f"{person.uri}#ed25519-key"
    return {"id": key_id, "type": "Multikey", "controller": person.uri, "publicKeyMultibase": pair.multikey}


def with_multikey(person: Person, *pairs: Ed25519Pair) -> Person:
    person.profile = {"assertionMethod": [multikey(person, pair) for pair in pairs or (PAIR,)]}
    return person.publish()


def proven(person: Person, document: dict[str, Any], pair: Ed25519Pair = PAIR) -> dict[str, Any]:
    prover = Prover(key_id=f"{person.uri}#ed25519-key", key=keys.load_ed25519(pair.private_pem))
    return proofs.prove(document, prover, dt.datetime.now(dt.UTC))


def rfc_signed(
    person: Person, body: bytes | None, *, key: SigningKey | None = None, key_id: str | None = None, to: str = "/inbox"
) -> dict[str, str]:
    return rfc9421.sign(
        key or keys.load_private(person.pair.private_pem),
        key_id or person.key_id,
        method="POST" if body is not None else "GET",
        url=f"{OURS}{to}",
        now=dt.datetime.now(dt.UTC),
        body=body,
        content_type=ACTIVITY if body is not None else None,
    )


async def deliver(door: Doorstep, person: Person, document: dict[str, Any], **signing: Any) -> httpx.Response:
    body = orjson.dumps(document)
    return await door.client.post("/inbox", content=body, headers=rfc_signed(person, body, **signing))


async def became(door: Doorstep, response: httpx.Response, before: Any) -> str:
    assert response.status_code == 202, response.text
    await door.settle()
    return " ".join(f"{outcome}" for (_, outcome), count in (outcomes() - before).items() for _ in range(int(count)))


async def test_a_request_signed_after_the_rfc_has_its_effect(door: Doorstep, bob: Person, alice: Account) -> None:
    before = outcomes()
    response = await deliver(door, bob, bob.does("Follow", alice.uri))
    assert await became(door, response, before) == "done"


async def test_an_ed25519_key_of_the_actors_signs_as_well(door: Doorstep, bob: Person, alice: Account) -> None:
    with_multikey(bob)
    before, key = outcomes(), keys.load_ed25519(PAIR.private_pem)
    response = await deliver(door, bob, bob.does("Follow", alice.uri), key=key, key_id=f"{bob.uri}#ed25519-key")
    assert await became(door, response, before) == "done"
    stored = await door.res.db.fetchval("SELECT multikeys FROM social.accounts WHERE uri = $1", bob.uri)
    assert stored == [{"id": f"{bob.uri}#ed25519-key", "multibase": PAIR.multikey}]


async def test_a_multikey_that_says_it_is_anothers_signs_nothing(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    stolen = multikey(bob, ANOTHER) | {"id": f"{mallory.uri}#ed25519-key"}
    mallory.profile = {"assertionMethod": [stolen]}
    mallory.publish()
    key = keys.load_ed25519(ANOTHER.private_pem)
    for actor in (bob, mallory):
        response = await deliver(
            door, mallory, actor.does("Follow", alice.uri), key=key, key_id=f"{mallory.uri}#ed25519-key"
        )
        assert response.status_code == 401


async def test_a_request_for_another_server_or_with_another_body_is_refused(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    key = keys.load_private(bob.pair.private_pem)
    for url, sent in (("https://elsewhere.test/inbox", body), (f"{OURS}/inbox", body + b" ")):
        headers = rfc9421.sign(
            key, bob.key_id, method="POST", url=url, now=dt.datetime.now(dt.UTC), body=body, content_type=ACTIVITY
        )
        headers["Host"] = "ours.test"
        response = await door.client.post("/inbox", content=sent, headers=headers)
        assert response.status_code == 401


async def test_a_digest_that_cannot_be_read_is_a_bad_request(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    headers = rfc_signed(bob, body) | {"Content-Digest": "sha-256=x"}
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 400


async def test_of_several_signatures_the_actors_counts(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    headers = rfc_signed(bob, body)
    proxy = headers["Signature-Input"].replace("sig1=", "proxy=").replace(bob.key_id, "https://proxy.test/#key")
    headers["Signature-Input"] = f"{proxy}, {headers['Signature-Input']}"
    headers["Signature"] = f"proxy=:AAAA:, {headers['Signature']}"
    before = outcomes()
    response = await door.client.post("/inbox", content=body, headers=headers)
    assert await became(door, response, before) == "done"


async def test_a_request_after_the_rfc_whose_key_is_away_waits(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    neighbours.fails(bob.uri, 503)
    assert (await deliver(door, bob, bob.does("Follow", alice.uri))).status_code == 202
    bob.publish()
    door.forgets_failures()
    before = outcomes()
    await door.settle()
    assert list((outcomes() - before).values()) == [1]


async def test_an_ed25519_key_that_changed_is_asked_for_once(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    with_multikey(bob)
    key_id = f"{bob.uri}#ed25519-key"
    old, new = (keys.load_ed25519(pair.private_pem) for pair in (PAIR, ANOTHER))
    assert (await deliver(door, bob, bob.does("Follow", alice.uri), key=old, key_id=key_id)).status_code == 202
    await door.settle()
    with_multikey(bob, ANOTHER)
    assert (await deliver(door, bob, bob.does("Block", alice.uri), key=new, key_id=key_id)).status_code == 202
    await door.settle()
    asked = neighbours.times_asked(bob.uri)
    for number in range(5):
        response = await deliver(door, bob, bob.does("Follow", alice.uri), key=old, key_id=f"{key_id}{number or ''}")
        assert response.status_code == 401
    assert neighbours.times_asked(bob.uri) == asked
    stored = await door.res.db.fetchval("SELECT multikeys FROM social.accounts WHERE uri = $1", bob.uri)
    assert stored[0]["multibase"] == ANOTHER.multikey


async def test_the_audience_may_ask_with_a_signature_after_the_rfc(door: Doorstep, bob: Person, alice: Account) -> None:
    from people import a_post  # noqa: PLC0415

    from chassis.db import open_database  # noqa: PLC0415  # only this test writes as the client API does

    await door.hears(bob, bob.does("Follow", alice.uri))
    async with open_database(door.res.settings, role="api_gateway", schema="api_gateway") as db, db.transaction() as tx:
        status = await a_post(tx, alice, visibility="private")
    path = status.uri.removeprefix(OURS)
    headers = rfc_signed(bob, None, to=path)
    assert (await door.client.get(path, headers={"Accept": ACTIVITY} | headers)).status_code == 200
    assert (await door.client.get(path, headers={"Accept": ACTIVITY})).status_code == 404


def unserved(person: Person, alice: Account, **more: Any) -> dict[str, Any]:
    """A Create that names alice, of a post that its server does not show."""
    note = person.note(tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}], cc=[alice.uri], **more)
    person.neighbours.fails(note["id"], 404)
    return person.creates(note)


async def test_what_somebody_else_brings_counts_when_its_author_proved_it(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    with_multikey(bob)
    before = outcomes()
    response = await door.deliver(mallory, proven(bob, unserved(bob, alice)))
    assert await became(door, response, before) == "done"
    actors = [row["uri"] for row in await door.res.db.fetch("SELECT uri FROM social.accounts WHERE NOT is_local")]
    assert actors == [bob.uri]


async def test_what_could_be_said_again_after_it_was_taken_back_has_to_come_from_its_author(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    with_multikey(bob)
    follow = bob.does("Follow", alice.uri)
    for kind, what in (("Follow", alice.uri), ("Undo", follow), ("Block", alice.uri), ("Like", f"{alice.uri}/x")):
        assert (await door.deliver(mallory, proven(bob, bob.does(kind, what)))).status_code == 202
    await door.settle()
    assert await door.events() == []


async def test_whoever_brings_something_widens_no_audience(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    with_multikey(bob)
    note = bob.note(to=[bob.followers], cc=[])
    door.neighbours.fails(note["id"], 404)
    sealed = proven(bob, bob.creates(note))
    assert (await door.deliver(mallory, sealed, to=f"/ap/users/{alice.id}/inbox")).status_code == 202
    await door.settle()
    assert await door.res.db.fetchval("SELECT count(*) FROM social.statuses") == 0


async def test_nobody_brings_back_what_our_own_people_said(door: Doorstep, mallory: Person, alice: Account) -> None:
    said = mallory.does("Delete", f"{alice.uri}/statuses/1") | {"actor": alice.uri, "id": f"{alice.uri}#delete"}
    for seal in ({}, {"proof": {"type": "DataIntegrityProof"}}):
        assert (await door.deliver(mallory, said | seal)).status_code == 401


@pytest.mark.parametrize("change", [{"type": "Update"}, {"published": "2026-01-01T00:00:00Z"}, {"cc": []}])
async def test_a_proof_does_not_hold_for_something_else(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, change: dict[str, Any]
) -> None:
    with_multikey(bob)
    response = await door.deliver(mallory, proven(bob, unserved(bob, alice)) | change)
    assert response.status_code == 202
    await door.settle()
    assert await door.events() == []


async def test_nobody_proves_for_somebody_else(door: Doorstep, bob: Person, mallory: Person, alice: Account) -> None:
    with_multikey(bob)
    with_multikey(mallory, ANOTHER)
    create = unserved(bob, alice)
    for document in (proven(mallory, create, ANOTHER), proven(bob, create, ANOTHER)):
        assert (await door.deliver(mallory, document)).status_code == 202
    await door.settle()
    assert await door.events() == []


async def test_who_brings_something_has_to_sign_for_it(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    with_multikey(bob)
    body = orjson.dumps(proven(bob, unserved(bob, alice)))
    mallory.pair = KEYS[2]
    headers = mallory.signed(f"{OURS}/inbox", body)
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401


async def test_a_suspended_server_brings_nothing(door: Doorstep, bob: Person, mallory: Person, alice: Account) -> None:
    with_multikey(bob)
    await door.sets_policy(mallory.host, severity="suspend")
    response = await door.deliver(mallory, proven(bob, unserved(bob, alice)))
    assert response.status_code == 403


async def test_what_nobody_proved_is_asked_for_at_its_origin(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    note = bob.note("<p>As it is</p>", inReplyTo=None, tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}])
    note["cc"] = [bob.followers, alice.uri]
    door.neighbours.serves(note["id"], note)
    forged = note | {"content": "<p>As mallory has it</p>"}
    sealed = bob.creates(forged) | {"signature": {"type": "RsaSignature2017", "creator": bob.key_id}}
    before = outcomes()
    assert await became(door, await door.deliver(mallory, sealed), before) == "done"
    content = await door.res.db.fetchval("SELECT content FROM social.statuses WHERE uri = $1", note["id"])
    assert content == "<p>As it is</p>"


@pytest.mark.parametrize(("status", "is_kept"), [(404, True), (403, True), (410, False)])
async def test_a_forwarded_deletion_is_believed_when_the_origin_says_gone(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, status: int, is_kept: bool
) -> None:
    note = bob.note(tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}], cc=[alice.uri])
    await door.hears(bob, bob.creates(note))
    door.neighbours.fails(note["id"], status)
    sealed = bob.does("Delete", note["id"]) | {"signature": {"type": "RsaSignature2017"}}
    assert (await door.deliver(mallory, sealed)).status_code == 202
    await door.settle()
    count = await door.res.db.fetchval("SELECT count(*) FROM social.statuses WHERE uri = $1", note["id"])
    assert bool(count) is is_kept


async def test_our_actors_name_their_ed25519_key(door: Doorstep) -> None:
    from chassis.db import open_database  # noqa: PLC0415
    from social.accounts.actions import create_local  # noqa: PLC0415
    from social.accounts.store import ed25519_key_of  # noqa: PLC0415

    async with open_database(door.res.settings, role="api_gateway", schema="api_gateway") as db, db.transaction() as tx:
        account = await create_local(
            tx, door.res.addresses, username="carla", email="carla@ours.test", password_hash="x", keys=KEYS[3]
        )
    [method] = (await door.get(account.uri)).json()["assertionMethod"]
    private = keys.load_ed25519(await ed25519_key_of(door.res.db, account.id) or "")
    assert method == {
        "id": f"{account.uri}#ed25519-key",
        "type": "Multikey",
        "controller": account.uri,
        "publicKeyMultibase": keys.write_multikey(private.public_key()),
    }
