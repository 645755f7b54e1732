"""Class SIG: requests whose signature shows less than it seems to. Each test is named by its row."""

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any

import orjson
import pytest
from doorstep import OURS, Doorstep
from forgeries import handmade, rfc9421_signed
from neighbours import ACTIVITY, Neighbours, Person

from social.accounts.model import Account

KINDS = ["Create", "Delete", "Update", "Follow", "Undo", "Announce", "Flag", "Move"]


async def nothing_came_of_it(door: Doorstep) -> bool:
    await door.settle()
    rows = await door.res.db.fetchval(
        """
        SELECT (SELECT count(*) FROM social.statuses) + (SELECT count(*) FROM social.follows)
            + (SELECT count(*) FROM social.accounts WHERE NOT is_local)
        """
    )
    return rows == 0 and await door.events() == [] and door.verdicts == []


async def test_sig_01_what_is_not_signed_proves_nothing(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    for actor in (bob, mallory):
        body = orjson.dumps(actor.does("Follow", alice.uri))
        headers = handmade(mallory, f"{OURS}/inbox", body, "(request-target) date")
        assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401
    body = orjson.dumps(mallory.does("Follow", alice.uri))
    for url in ("https://other.test/inbox", "https://ours.test.evil.test/inbox"):
        for headers in (mallory.signed(url, body), rfc9421_signed(mallory, url, body)):
            for host in (headers["Host"], "ours.test"):
                response = await door.client.post("/inbox", content=body, headers=headers | {"Host": host})
                assert response.status_code == 401
    assert await nothing_came_of_it(door)


WHOLE = "(request-target) host date digest"
MALFORMED = [
    "",
    "Signature",
    'keyId="{key}"',
    'signature="{value}"',
    'keyId="{key}",signature="{value}"',
    'keyId="{key}",headers="",signature="{value}"',
    'keyId="{key}",headers=" ",signature="{value}"',
    'keyId="{key}",headers="date",signature="{value}"',
    f'keyId="{{key}}",algorithm="none",headers="{WHOLE}",signature="{{value}}"',
    f'keyId="{{key}}",algorithm="hmac-sha256",headers="{WHOLE}",signature="{{value}}"',
    f'keyId="{{key}}",algorithm="hs2019",headers="{WHOLE}",signature="{{hmac}}"',
    f'keyId="{{key}}",algorithm="rsa-sha1",headers="{WHOLE}",signature="{{value}}"',
    f'keyId="{{key}}",headers="{WHOLE}",signature=""',
    f'keyId="{{key}}",headers="{WHOLE}",signature="AAAA"',
    f'keyId="{{key}}",headers="{WHOLE} signature",signature="{{value}}"',
    f'keyId="{{key}}",headers="{WHOLE} absent",signature="{{value}}"',
    f'keyId="https://far.localhost/notes/1",headers="{WHOLE}",signature="{{value}}"',
    f'keyId="https://ours.test/actor#main-key",headers="{WHOLE}",signature="{{value}}"',
    f'keyId="javascript:alert(1)",headers="{WHOLE}",signature="{{value}}"',
    f'keyId="",headers="{WHOLE}",signature="{{value}}"',
]


async def answers_to_malformed(door: Doorstep, bob: Person, alice: Account) -> set[int]:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    good = bob.signed(f"{OURS}/inbox", body)
    value = good["Signature"].rpartition('signature="')[2].rstrip('"')
    keyed = base64.b64encode(hmac.digest(bob.pair.public_pem.encode(), body, hashlib.sha256)).decode()
    written = [header.format(key=bob.key_id, value=value, hmac=keyed) for header in MALFORMED]
    headers = [good | {"Signature": header} for header in written]
    headers.append({name: value for name, value in good.items() if name != "Signature"})
    return {(await door.client.post("/inbox", content=body, headers=each)).status_code for each in headers}


async def test_sig_02_a_malformed_signature_is_none(door: Doorstep, bob: Person, alice: Account) -> None:
    assert await answers_to_malformed(door, bob, alice) <= {400, 401}
    assert await nothing_came_of_it(door)


class TestWithoutFederation:
    @pytest.fixture
    def changes(self) -> dict[str, object]:
        return {"limited_federation": True}

    async def test_sig_02_a_signature_is_looked_at_where_nobody_is_listed(
        self, door: Doorstep, bob: Person, alice: Account
    ) -> None:
        assert await answers_to_malformed(door, bob, alice) <= {400, 401, 403}
        assert (await door.deliver(bob, bob.does("Follow", alice.uri))).status_code == 403
        assert await nothing_came_of_it(door)


async def refuses_in_another_name(door: Doorstep, bob: Person, mallory: Person, alice: Account, kind: str) -> None:
    """What bob is said to do, signed by mallory in every way, goes into no inbox."""
    body = orjson.dumps(bob.does(kind, alice.uri, target=mallory.uri, instrument=f"{bob.uri}/1"))
    for inbox in ("/inbox", f"/ap/users/{alice.id}/inbox", "/actor/inbox"):
        url = f"{OURS}{inbox}"
        for headers in (
            mallory.signed(url, body),
            mallory.signed(url, body, key_id=bob.key_id),
            rfc9421_signed(mallory, url, body),
            rfc9421_signed(mallory, url, body, key_id=bob.key_id),
        ):
            assert (await door.client.post(inbox, content=body, headers=headers)).status_code in (401, 403), kind


async def test_sig_03_a_key_speaks_for_its_own_actor_alone(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    for kind in KINDS:
        await refuses_in_another_name(door, bob, mallory, alice, kind)
    assert await nothing_came_of_it(door)


async def test_sig_11_a_digest_of_other_words_lends_no_name(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    url = f"{OURS}/inbox"
    true, forged = (orjson.dumps(person.does("Follow", alice.uri)) for person in (mallory, bob))
    for headers in (mallory.signed(url, true), rfc9421_signed(mallory, url, true)):
        assert (await door.client.post("/inbox", content=forged, headers=headers)).status_code == 401
        for name in ("Digest", "Content-Digest"):
            # The digest put right, which then is not what was signed; and the old one under the new body's name.
            fresh = bob.signed(url, forged) | rfc9421_signed(bob, url, forged)
            changed = headers | {name: fresh[name]}
            assert (await door.client.post("/inbox", content=forged, headers=changed)).status_code == 401
    assert await nothing_came_of_it(door)


async def test_sig_15_who_sends_is_who_takes_back_blocks_and_accepts(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    for kind in ("Undo", "Block", "Accept", "Reject", "Like", "QuoteRequest"):
        await refuses_in_another_name(door, bob, mallory, alice, kind)
    assert await nothing_came_of_it(door)


@pytest.mark.parametrize("style", ["redirect", "document"])
async def test_sig_05_another_actors_document_lends_no_key(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours, style: str
) -> None:
    if style == "redirect":
        neighbours.redirects(bob.uri, mallory.uri)
    else:
        neighbours.serves(bob.uri, mallory.document())
    body = orjson.dumps(bob.does("Follow", alice.uri))
    for key_id in (mallory.key_id, bob.key_id):
        for headers in (
            mallory.signed(f"{OURS}/inbox", body, key_id=key_id),
            rfc9421_signed(mallory, f"{OURS}/inbox", body, key_id=key_id),
        ):
            assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401
    assert await nothing_came_of_it(door)
    assert door.res.keyring.of(bob.uri) == {}


async def test_sig_06_an_activity_takes_no_id_on_another_host(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    genuine = bob.does("Follow", alice.uri)
    await door.hears(mallory, mallory.does("Follow", alice.uri) | {"id": genuine["id"]})
    assert await door.hears(bob, genuine) == "done"


async def test_sig_07_what_was_fetched_counts_and_not_what_was_brought(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    benign = bob.note("<p>Benign</p>", tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}])
    benign["cc"] = [alice.uri]
    door.neighbours.serves(benign["id"], benign)
    forged = benign | {"content": "<p>Forged</p>", "attributedTo": mallory.uri, "to": [alice.uri], "cc": []}
    for seal in ({}, {"signature": {"type": "RsaSignature2017", "signatureValue": "AAAA"}}, {"proof": {"type": "x"}}):
        await door.deliver(mallory, bob.creates(forged) | seal)
        await door.settle()
    rows = await door.res.db.fetch(
        "SELECT s.content, a.uri FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id"
    )
    assert [(row["content"], row["uri"]) for row in rows] == [("<p>Benign</p>", bob.uri)]


async def test_sig_09_a_captured_signature_carries_no_other_body(door: Doorstep, bob: Person, alice: Account) -> None:
    body, other = (orjson.dumps(bob.does(kind, alice.uri)) for kind in ("Follow", "Block"))
    for headers in (bob.signed(f"{OURS}/inbox", body), rfc9421_signed(bob, f"{OURS}/inbox", body)):
        assert (await door.client.post("/inbox", content=other, headers=headers)).status_code == 401
        read = 0

        async def endless() -> Any:
            nonlocal read
            for _ in range(200):
                read += 1
                yield b" " * 1_048_576

        assert (await door.client.post("/inbox", content=endless(), headers=headers)).status_code == 413
        assert read < 5
    assert await nothing_came_of_it(door)


async def test_sig_10_a_digest_beside_the_signature_is_none(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    headers = handmade(bob, f"{OURS}/inbox", body, "(request-target) host date")
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401
    unsigned = rfc9421_signed(bob, f"{OURS}/inbox", None) | {"Content-Type": ACTIVITY}
    unsigned["Content-Digest"] = rfc9421_signed(bob, f"{OURS}/inbox", body)["Content-Digest"]
    assert (await door.client.post("/inbox", content=body, headers=unsigned)).status_code == 401
    assert await nothing_came_of_it(door)


async def test_sig_17_nothing_may_be_said_twice(door: Doorstep, bob: Person, mallory: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    mine, theirs = (person.signed(f"{OURS}/inbox", body)["Signature"] for person in (bob, mallory))
    whole = bob.signed(f"{OURS}/inbox", body)
    for name in ("keyId", "headers", "signature"):
        for first, second in ((mine, theirs), (theirs, mine)):
            doubled = f"{first},{name}={second.partition(f'{name}=')[2].partition(',')[0]}"
            response = await door.client.post("/inbox", content=body, headers=whole | {"Signature": doubled})
            assert response.status_code in (400, 401)
    one, two = (rfc9421_signed(person, f"{OURS}/inbox", body) for person in (bob, mallory))
    for first, second in ((one, two), (two, one)):
        joined = {name: f"{first[name]}, {second[name]}" for name in ("Signature-Input", "Signature")}
        response = await door.client.post("/inbox", content=body, headers=first | joined)
        assert response.status_code in (400, 401)
    assert await nothing_came_of_it(door)


async def test_sig_22_a_captured_request_lives_for_an_hour(door: Doorstep, bob: Person, alice: Account) -> None:
    now = dt.datetime.now(dt.UTC)
    body = orjson.dumps(bob.does("Follow", alice.uri))
    for made in (bob.signed, None):
        ages = {dt.timedelta(seconds=30): 202, dt.timedelta(hours=2): 401, dt.timedelta(hours=14): 401}
        for age, status in (ages | {dt.timedelta(hours=-2): 401}).items():
            url = f"{OURS}/inbox"
            headers = made(url, body, now=now - age) if made else rfc9421_signed(bob, url, body, now=now - age)
            assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == status
    await door.settle()
    assert await door.res.db.fetchval("SELECT count(*) FROM social.follows") == 1


async def test_sig_23_forgers_make_us_fetch_a_key_once(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    asked = neighbours.times_asked(bob.uri)
    body = orjson.dumps(bob.does("Undo", alice.uri))
    for number in range(1000):
        if number % 100 == 0:
            forged = [
                mallory.signed(f"{OURS}/inbox", body, key_id=f"{bob.uri}#{number or 'main-key'}"),
                rfc9421_signed(mallory, f"{OURS}/inbox", body, key_id=f"{bob.uri}#{number or 'main-key'}"),
            ]
        response = await door.client.post("/inbox", content=body, headers=forged[number % 2])
        assert response.status_code == 401
    assert neighbours.times_asked(bob.uri) <= asked + 1
