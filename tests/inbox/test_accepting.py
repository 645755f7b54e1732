"""What is answered at the door."""

import datetime as dt

import orjson
import pytest
from doorstep import OURS, Doorstep, counted, refusals
from neighbours import ACTIVITY, KEYS, Neighbours, Person
from waiting import eventually

from contracts.events import PolicyChanged
from contracts.ids import Domain
from inbox.handlers.waiting import on_verify_later
from inbox.jobs import VerifyLater
from social.accounts.model import Account

NOW = dt.datetime.now(dt.UTC)


async def test_a_follow_of_somebody_never_seen_is_accepted_and_has_its_effect(
    door: Doorstep, alice: Account, bob: Person
) -> None:
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "done"
    assert [event["type"] for event in await door.events()] == ["account.created", "follow.accepted"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'"Follow"', 400),
        (b'{"type": "Follow"}', 422),
        (b'{"type": 7, "actor": "https://far.localhost/users/bob", "object": "https://ours.test/x"}', 422),
        (b'{"type": "Follow", "actor": ["javascript:alert(1)"], "object": {}}', 422),
        (b'{"type": "Follow", "actor": "https://far.localhost/users/bob"}', 422),
        (b"x" * 1_048_577, 413),
    ],
)
async def test_a_body_that_is_no_activity_is_refused(door: Doorstep, bob: Person, body: bytes, status: int) -> None:
    assert (await door.deliver(bob, body)).status_code == status


async def test_a_body_without_a_length_stops_at_the_limit(door: Doorstep) -> None:
    async def endless():
        while True:
            yield b" " * 65_536

    response = await door.client.post("/inbox", content=endless(), headers={"Content-Type": ACTIVITY})
    assert response.status_code == 413


async def test_another_content_type_is_refused(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    headers = bob.signed(f"{OURS}/inbox", body) | {"Content-Type": "text/plain"}
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 400


async def test_without_a_signature_the_answer_says_which_one_we_read(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    response = await door.client.post("/inbox", content=body, headers={"Content-Type": ACTIVITY})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Signature ")


@pytest.mark.parametrize("age", [dt.timedelta(hours=2), dt.timedelta(hours=14), dt.timedelta(hours=-2)])
async def test_a_stale_date_is_refused(door: Doorstep, bob: Person, alice: Account, age: dt.timedelta) -> None:
    response = await door.deliver(bob, bob.does("Follow", alice.uri), now=NOW - age)
    assert response.status_code == 401


async def test_a_swapped_body_is_refused(door: Doorstep, bob: Person, alice: Account) -> None:
    headers = bob.signed(f"{OURS}/inbox", orjson.dumps(bob.does("Follow", alice.uri)))
    other = orjson.dumps(bob.does("Block", alice.uri))
    assert (await door.client.post("/inbox", content=other, headers=headers)).status_code == 401


async def test_a_digest_that_is_not_signed_is_refused(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    whole = bob.signed(f"{OURS}/inbox", body)
    partly = bob.signed(f"{OURS}/inbox", None)
    headers = whole | {"Signature": partly["Signature"], "Date": partly["Date"]}
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401


async def test_a_request_made_for_another_server_is_refused(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    headers = bob.signed("https://elsewhere.test/inbox", body)
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "x",
        'keyId="{key}"',
        'signature="AAAA"',
        'keyId="{key}",headers="",signature="AAAA"',
        'keyId="{key}",algorithm="none",headers="(request-target) host date digest",signature="AAAA"',
        'keyId="{key}",algorithm="hmac-sha256",headers="(request-target) host date digest",signature="AAAA"',
        'keyId="{key}",headers="(request-target) host date digest",signature=""',
        'keyId="{key}",headers="(request-target) host date digest",signature="AAAA"',
        'keyId="{key}",keyId="{key}",headers="(request-target) host date digest",signature="AAAA"',
        'keyId="https://ours.test/actor#main-key",headers="(request-target) host date digest",signature="AAAA"',
        'keyId="acct:bob@far.localhost",headers="(request-target) host date digest",signature="AAAA"',
        'keyId="javascript:alert(1)",headers="(request-target) host date digest",signature="AAAA"',
    ],
)
async def test_a_malformed_signature_is_refused(door: Doorstep, bob: Person, alice: Account, header: str) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))
    headers = bob.signed(f"{OURS}/inbox", body) | {"Signature": header.format(key=bob.key_id)}
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 401


@pytest.mark.parametrize("kind", ["Create", "Delete", "Update", "Follow", "Undo", "Announce", "Flag", "Move"])
@pytest.mark.parametrize("inbox", ["/inbox", "/actor/inbox"])
async def test_nobody_speaks_for_somebody_else(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, kind: str, inbox: str
) -> None:
    forged = bob.does(kind, alice.uri)
    assert (await door.deliver(mallory, forged, to=inbox)).status_code == 401
    assert (await door.deliver(mallory, forged, to=inbox, key_id=bob.key_id)).status_code == 401
    await door.settle()
    assert await door.events() == []


async def test_a_neighbour_on_the_same_host_does_not_speak_for_somebody_else(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    carol = neighbours.person("carol", key=2)
    assert (await door.deliver(carol, bob.does("Follow", alice.uri))).status_code == 401


async def test_an_actor_that_redirects_to_somebody_else_lends_no_key(
    door: Doorstep, bob: Person, mallory: Person, neighbours: Neighbours, alice: Account
) -> None:
    neighbours.redirects(bob.uri, mallory.uri)
    response = await door.deliver(mallory, bob.does("Follow", alice.uri), key_id=bob.key_id)
    assert response.status_code == 401


async def test_a_farewell_of_somebody_unknown_is_accepted_and_forgotten(
    door: Doorstep, bob: Person, neighbours: Neighbours
) -> None:
    neighbours.fails(bob.uri, 410)
    for kind in ("Delete", "Update"):
        assert (await door.deliver(bob, bob.does(kind, bob.uri))).status_code == 202
    await door.settle()
    assert neighbours.asked == []


async def test_a_suspended_domain_is_refused(door: Doorstep, mallory: Person, alice: Account) -> None:
    await door.sets_policy(mallory.host, severity="suspend")
    assert (await door.deliver(mallory, mallory.does("Follow", alice.uri))).status_code == 403
    assert door.neighbours.asked == []


async def test_a_private_address_is_not_asked_for_its_key(door: Doorstep, bob: Person, alice: Account) -> None:
    hidden = Person(neighbours=door.neighbours, username="x", host="10.0.0.1", pair=bob.pair)
    assert (await door.deliver(hidden, hidden.does("Follow", alice.uri))).status_code == 401


async def test_a_key_that_does_not_come_lets_the_request_wait(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    neighbours.fails(bob.uri, 503)
    assert (await door.deliver(bob, bob.does("Follow", alice.uri))).status_code == 202
    assert await door.res.db.fetchval("SELECT count(*) FROM inbox.unverified") == 1
    await door.settle()
    assert door.verdicts[-1].value == "retry"
    bob.publish()
    door.forgets_failures()
    await _verify_waiting(door)
    assert await door.res.db.fetchval("SELECT count(*) FROM inbox.unverified") == 0
    assert [event["type"] for event in await door.events()] == ["account.created", "follow.accepted"]


async def test_a_full_lane_sends_them_away_for_a_while(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    neighbours.fails(bob.uri, 503)
    for _ in range(door.res.settings.unverified_per_host):
        assert (await door.deliver(bob, bob.does("Follow", alice.uri))).status_code == 202
    response = await door.deliver(bob, bob.does("Follow", alice.uri))
    assert response.status_code == 503
    assert "Retry-After" in response.headers


async def test_a_forgery_that_waited_is_dropped(
    door: Doorstep, bob: Person, mallory: Person, neighbours: Neighbours, alice: Account
) -> None:
    neighbours.fails(bob.uri, 503)
    assert (await door.deliver(mallory, bob.does("Follow", alice.uri), key_id=bob.key_id)).status_code == 202
    bob.publish()
    door.forgets_failures()
    await _verify_waiting(door)
    assert await door.events() == []
    assert await door.res.db.fetchval("SELECT count(*) FROM inbox.unverified") == 0


async def test_a_changed_key_is_fetched_again_once(
    door: Doorstep, bob: Person, mallory: Person, neighbours: Neighbours, alice: Account
) -> None:
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "done"
    bob.pair = KEYS[2]
    bob.publish()
    assert await door.hears(bob, bob.does("Block", alice.uri)) == "done"
    stored = await door.res.db.fetchval("SELECT public_key_pem FROM social.accounts WHERE uri = $1", bob.uri)
    assert stored == KEYS[2].public_pem
    asked = neighbours.times_asked(bob.uri)
    for _ in range(5):
        assert (await door.deliver(mallory, bob.does("Follow", alice.uri), key_id=bob.key_id)).status_code == 401
    assert neighbours.times_asked(bob.uri) == asked


async def test_a_bad_signature_of_somebody_known_asks_for_the_key_once(
    door: Doorstep, bob: Person, mallory: Person, neighbours: Neighbours, alice: Account
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    asked = neighbours.times_asked(bob.uri)
    for _ in range(20):
        assert (await door.deliver(mallory, bob.does("Undo", alice.uri), key_id=bob.key_id)).status_code == 401
    assert neighbours.times_asked(bob.uri) == asked + 1


async def test_a_broker_that_is_away_gives_503(door: Doorstep, bob: Person, alice: Account) -> None:
    door.res.bus.attach(None)
    response = await door.deliver(bob, bob.does("Follow", alice.uri))
    assert response.status_code == 503


async def test_refusals_are_counted_by_reason(door: Doorstep, bob: Person) -> None:
    before = refusals()
    await door.deliver(bob, b"{")
    assert refusals() - before == {("not_json",): 1}


async def test_a_personal_inbox_goes_first(door: Doorstep, bob: Person, alice: Account) -> None:
    before = _lanes()
    await door.deliver(bob, bob.creates(bob.note()), to=f"/ap/users/{alice.id}/inbox")
    await door.deliver(bob, bob.creates(bob.note()))
    await door.deliver(bob, bob.does("Like", f"{alice.uri}/statuses/1"))
    assert _lanes() - before == {("for_us",): 2, ("at_large",): 1}
    await door.settle()


def _lanes():
    return counted("murmuration_inbox_accepted_total", "lane")


async def _verify_waiting(door: Doorstep) -> None:
    """What the retry of the job does, without waiting for it."""
    for row in await door.res.db.fetch("SELECT id FROM inbox.unverified"):
        await on_verify_later(door.res, VerifyLater(waiting_id=row["id"]))
    await door.settle()


async def test_without_a_database_those_whose_keys_are_in_memory_are_still_accepted(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    await door.res.db._pool.close()
    assert (await door.deliver(bob, bob.creates(bob.note()))).status_code == 202
    assert (await door.deliver(mallory, mallory.creates(mallory.note()))).status_code == 503


async def test_a_decision_of_a_moderator_is_heard_at_once(door: Doorstep, mallory: Person, alice: Account) -> None:
    await door.sets_policy(mallory.host, heard=False, severity="suspend")
    await door.res.bus.emit(PolicyChanged(domain=Domain(mallory.host)))

    async def refused() -> bool:
        return (await door.deliver(mallory, mallory.does("Follow", alice.uri))).status_code == 403

    await eventually(refused, within=1)
