"""Class SIG: a good signature gives nobody a say in what is somebody else's. Each test is named by its row."""

import datetime as dt
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from doorstep import Doorstep, outcomes
from neighbours import KEYS, Neighbours, Person
from people import a_local_account, a_post
from pydantic import ValidationError

from apcore import multibase
from apcore.keys import BadKey, KeyCache
from apcore.signatures import proofs
from apcore.signatures.proofs import Prover
from api_gateway.settings import Settings as GatewaySettings
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships

EVERYTHING = """
SELECT 'account' AS what, uri AS who, public_key_pem AS whom, moved_to_id::text AS more FROM social.accounts
UNION ALL SELECT 'status', uri, content, visibility FROM social.statuses
UNION ALL SELECT 'audience', status_id::text, account_id::text, silent::text FROM social.mentions
UNION ALL SELECT 'favourite', account_id::text, status_id::text, uri FROM social.favourites
UNION ALL SELECT 'follow', account_id::text, target_id::text, uri FROM social.follows
UNION ALL SELECT 'request', account_id::text, target_id::text, uri FROM social.follow_requests
UNION ALL SELECT 'block', account_id::text, target_id::text, uri FROM social.blocks
ORDER BY 1, 2, 3
"""


async def everything(door: Doorstep) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await door.res.db.fetch(EVERYTHING)]


async def account_of(door: Doorstep, person: Person) -> Account:
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


@pytest.fixture
async def met(door: Doorstep, bob: Person, mallory: Person, neighbours: Neighbours, alice: Account) -> Person:
    """Bob is known, and so are mallory elsewhere and carol next door. It is carol."""
    carol = neighbours.person("carol", key=2)
    for person in (bob, carol, mallory):
        await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1"))
    return carol


async def test_sig_13_nobody_accepts_what_was_never_asked(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, met: Person, gateway: Database
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    before = await everything(door)
    unmatched = outcomes()["Accept", "unmatched"]
    never = {"type": "Follow", "id": f"{alice.uri}#follows/1", "actor": alice.uri, "object": mallory.uri}
    answers = [never, never["id"], {"type": "Follow", "actor": alice.uri, "object": mallory.uri}]
    for said in answers:
        assert await door.hears(mallory, mallory.does("Accept", said)) == "unmatched"
    assert await everything(door) == before
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, await account_of(door, bob), now=dt.datetime.now(dt.UTC))
    [asked] = await door.res.db.fetch("SELECT uri FROM social.follow_requests")
    pending = await everything(door)
    real = {"type": "Follow", "id": asked["uri"], "actor": alice.uri, "object": bob.uri}
    for third in (mallory, met):
        for said in (real, real["id"], real | {"object": third.uri}):
            for kind in ("Accept", "Reject"):
                assert await door.hears(third, third.does(kind, said)) == "unmatched"
    assert (await everything(door), outcomes()["Accept", "unmatched"] - unmatched) == (pending, 9)
    assert await door.hears(bob, bob.does("Accept", real)) == "done"


async def test_sig_14_nobody_widens_an_audience_but_the_author(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, met: Person, gateway: Database
) -> None:
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, await account_of(door, bob), now=dt.datetime.now(dt.UTC))
        friend = await a_local_account(tx, "friend", pair=KEYS[3])
        secret = await a_post(tx, alice, "For followers", visibility="private")
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, await account_of(door, bob))
    private = bob.note(to=[bob.followers], cc=[])
    await door.hears(bob, bob.creates(private))
    before = await everything(door)
    inbox = f"/ap/users/{friend.id}/inbox"
    named = {"to": [friend.uri], "cc": [], "tag": [{"type": "Mention", "href": friend.uri, "name": "@friend"}]}
    for document in (private, {"id": secret.uri, "type": "Note", "content": "x", "attributedTo": alice.uri}):
        for forger in (mallory, met):
            for note in (document | named, document | named | {"attributedTo": forger.uri}):
                for kind in ("Create", "Update"):
                    said = forger.does(kind, note, to=[friend.uri])
                    assert await door.hears(forger, said, to=inbox) in ("foreign", "not_owner", "repeated", "stale")
                await door.hears(forger, forger.does("Announce", note["id"], to=[friend.uri]), to=inbox)
    assert await everything(door) == before
    # Its author may.
    assert await door.hears(bob, bob.creates(private), to=inbox) == "repeated"
    assert len(await everything(door)) == len(before) + 1


@pytest.fixture
async def bobs(door: Doorstep, bob: Person, alice: Account, gateway: Database) -> dict[str, dict[str, Any]]:
    """What bob did, by its kind."""
    async with gateway.transaction() as tx:
        post = await a_post(tx, alice)
    note = bob.note("<p>True</p>", cc=[alice.uri], tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}])
    done = {
        "Create": bob.creates(note),
        "Follow": bob.does("Follow", alice.uri),
        "Like": bob.does("Like", post.uri),
        "Announce": bob.does("Announce", post.uri, to=["https://www.w3.org/ns/activitystreams#Public"]),
    }
    for said in done.values():
        assert await door.hears(bob, said) == "done"
    return done


async def test_sig_18_an_address_gives_nobody_a_hold(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, met: Person, bobs: dict[str, dict[str, Any]]
) -> None:
    before = await everything(door)
    profile = bob.document() | {"name": "Mallory was here"}
    note = bobs["Create"]["object"] | {"content": "<p>False</p>", "updated": "2026-07-01T00:00:00Z"}
    for document in (profile, profile | {"type": "Note"}, note, note | {"attributedTo": mallory.uri}, bob.uri):
        await door.hears(mallory, mallory.does("Update", document))
    for kind in ("Follow", "Like", "Announce"):
        for said in (bobs[kind], bobs[kind]["id"], {"id": bobs[kind]["id"]}, bobs[kind] | {"actor": mallory.uri}):
            await door.hears(mallory, mallory.does("Undo", said))
    async with door.res.db.transaction() as tx:
        await relationships.block(tx, await account_of(door, bob), alice, now=dt.datetime.now(dt.UTC), uri=Uri(bob.uri))
    blocked = await everything(door)
    for said in ({"type": "Block", "actor": bob.uri, "object": alice.uri}, bob.uri):
        await door.hears(mallory, mallory.does("Undo", said))
    assert await everything(door) == blocked
    assert [row for row in before if row[0] in ("account", "status", "favourite")] == [
        row for row in blocked if row[0] in ("account", "status", "favourite")
    ]


async def test_sig_19_neighbours_on_one_host_act_for_themselves_alone(
    door: Doorstep, bob: Person, alice: Account, met: Person, bobs: dict[str, dict[str, Any]], gateway: Database
) -> None:
    carol = met
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, await account_of(door, bob), now=dt.datetime.now(dt.UTC))
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, await account_of(door, bob))
    [followed] = await door.res.db.fetch("SELECT uri FROM social.follows WHERE account_id = $1", alice.id)
    before = await everything(door)
    changed = bob.document() | {"publicKey": {"id": bob.key_id, "owner": bob.uri, "publicKeyPem": KEYS[2].public_pem}}
    theirs = {"type": "Follow", "id": followed["uri"], "actor": alice.uri, "object": bob.uri}
    for document in (
        carol.does("Delete", bob.uri),
        carol.does("Delete", bobs["Create"]["object"]["id"]),
        carol.does("Update", changed),
        *(
            carol.does("Undo", said)
            for kind in ("Follow", "Like", "Announce")
            for said in (bobs[kind], bobs[kind]["id"])
        ),
        carol.does("Reject", theirs),
        carol.does("Reject", followed["uri"]),
        carol.does("Move", bob.uri, target=carol.uri),
    ):
        await door.deliver(carol, document)
        await door.settle()
        assert (await door.deliver(carol, document | {"actor": bob.uri})).status_code == 401
    assert await everything(door) == before


async def test_sig_19_nobody_takes_a_neighbours_key_by_naming_it(
    door: Doorstep, bob: Person, alice: Account, met: Person, mallory: Person
) -> None:
    """Whose request it is tells the address of its key, whoever else has put that into their own document."""
    met.profile = {"publicKey": {"id": bob.key_id, "owner": met.uri, "publicKeyPem": met.pair.public_pem}}
    met.publish()
    await door.hears(met, met.does("Update", met.document()))
    assert (await account_of(door, met)).public_key_id == bob.key_id
    await door.hears(bob, bob.does("Like", f"{alice.uri}/statuses/1"))
    assert (await door.deliver(met, bob.does("Follow", alice.uri))).status_code == 401
    # Bob's own requests are believed as before, also where his name is found by that of his key.
    note = mallory.note(cc=[alice.uri], tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}])
    forwarded = mallory.creates(note) | {"signature": {"type": "RsaSignature2017", "signatureValue": "AAAA"}}
    assert (await door.deliver(bob, forwarded)).status_code == 202


RFC_9421_RSA = """-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----
"""
FEP_8B32_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
FEP_8B32_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


def test_sig_21_a_key_that_is_too_short_or_known_to_everybody_is_refused() -> None:
    spki = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    short = rsa.generate_private_key(65537, 1024).public_key().public_bytes(*spki).decode()
    for written in (short, RFC_9421_RSA, FEP_8B32_PUBLIC):
        with pytest.raises(BadKey):
            KeyCache().public(written)


def test_sig_21_no_server_of_ours_starts_with_an_examples_secret() -> None:
    for example in ("", "secret", "changeme", "0123456789"):
        with pytest.raises(ValidationError):
            GatewaySettings(domain="social.example.org", secret_key=example)


async def test_sig_21_what_is_proven_with_a_published_key_is_not_proven(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    method = f"{bob.uri}#ed25519-key"
    key = {"id": method, "type": "Multikey", "controller": bob.uri, "publicKeyMultibase": FEP_8B32_PUBLIC}
    bob.profile = {"assertionMethod": [key]}
    bob.publish()
    secret = ed25519.Ed25519PrivateKey.from_private_bytes(multibase.decode(FEP_8B32_SECRET)[2:])
    note = bob.note(cc=[alice.uri], tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}])
    door.neighbours.fails(note["id"], 404)
    proven = proofs.prove(bob.creates(note), Prover(key_id=method, key=secret), dt.datetime.now(dt.UTC))
    assert (await door.deliver(mallory, proven)).status_code == 202
    await door.settle()
    assert await door.res.db.fetchval("SELECT count(*) FROM social.statuses") == 0
