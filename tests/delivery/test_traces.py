"""Operators see how far a post has come, and why not further."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from peers import Peers
from postman import Postman

from contracts.ids import AccountId, Uri
from delivery.app import create_app
from delivery.handlers import board
from delivery.ledger import Ledger
from delivery.model import Body, BodyId, Delivered, Failed, Refused
from delivery.resources import Resources
from social.accounts.model import Account
from social.statuses.model import Status


@pytest.fixture
async def client(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(resources))
    headers = {"Authorization": "Bearer internal"}
    async with httpx.AsyncClient(transport=transport, base_url="http://delivery", headers=headers) as opened:
        yield opened


@pytest.fixture
async def traced(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> tuple[Status, dict[str, Any]]:
    """A post that one of three hosts took, one refused, and one does not answer."""
    for name, host in (("gil", "near"), ("ina", "busy")):
        await postman.follows(await postman.stranger(name, host), alice)
    peers.answers("busy", 410)
    peers.goes_away("far")
    status = await postman.post(alice)
    await board.write_down(postman.res)
    [trace] = (await client.get("/internal/deliveries", params={"about": status.uri})).json()
    return status, trace


async def test_a_trace_says_how_many_it_reached_and_why_not_the_others(
    traced: tuple[Status, dict[str, Any]], peers: Peers
) -> None:
    _, trace = traced
    sent = trace["sent"]
    assert (sent["type"], sent["planned"], sent["arrived"], sent["waiting"], sent["refused"]) == ("Create", 3, 1, 1, 1)
    assert [(w["host"], w["state"], w["last_error"]) for w in trace["waiting"]] == [
        (peers.host("far"), "fast", "connection")
    ]
    assert trace["waiting"][0]["next_try_at"] is not None
    assert [(r["inbox_url"].split("/")[2], r["reason"]) for r in trace["refused"]] == [(peers.host("busy"), "410")]


async def test_what_arrives_later_is_counted_then(
    traced: tuple[Status, dict[str, Any]], client: httpx.AsyncClient, postman: Postman, peers: Peers
) -> None:
    status, _ = traced
    peers.comes_back("far")
    await postman.later(10)
    await board.write_down(postman.res)
    [trace] = (await client.get("/internal/deliveries", params={"about": status.uri})).json()
    assert (trace["sent"]["arrived"], trace["waiting"]) == (2, [])


async def test_a_host_shows_how_much_of_late_arrived(
    traced: tuple[Status, dict[str, Any]], client: httpx.AsyncClient, peers: Peers
) -> None:
    ratios = [
        (await client.get(f"/internal/hosts/{peers.host(host)}")).json()["success_ratio"] for host in ("near", "far")
    ]
    assert ratios == [1, 0]


async def test_what_was_long_ago_counts_little(
    traced: tuple[Status, dict[str, Any]], client: httpx.AsyncClient, postman: Postman, peers: Peers, alice: Account
) -> None:
    peers.comes_back("far")
    await postman.later(2 * 86400)
    await board.write_down(postman.res)
    ratio = (await client.get(f"/internal/hosts/{peers.host('far')}")).json()["success_ratio"]
    assert 0.75 < ratio < 0.85


async def test_nothing_is_known_of_what_was_never_sent(client: httpx.AsyncClient) -> None:
    answer = await client.get("/internal/deliveries", params={"about": "https://ours.test/ap/users/1/statuses/2"})
    assert answer.json() == []


async def test_notes_of_an_activity_that_is_forgotten_meanwhile_do_no_harm(
    postman: Postman, resources: Resources, alice: Account, bob: Account
) -> None:
    await postman.post(alice)
    async with resources.db.transaction() as tx:
        await tx.execute("DELETE FROM delivery.bodies")
    postman.clock.now = postman.clock.now.replace(year=postman.clock.now.year + 1)
    await board.write_down(resources)
    assert await resources.db.fetchval("SELECT count(*) FROM delivery.arrivals") == 0


def test_a_ledger_hands_out_each_note_once_and_not_too_often() -> None:
    now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    a_body = Body(
        **dict.fromkeys(Body.__struct_fields__, None)  # only whose it is matters here
        | {"id": BodyId(7), "activity_uri": Uri("https://ours.test/1"), "sender_id": AccountId(1), "content": b"{}"}
    )
    ledger = Ledger()
    ledger.note(a_body, "https://a.test/inbox", Delivered(202))
    ledger.note(a_body, "https://b.test/inbox", Failed("connection"))
    ledger.note(a_body, "https://c.test/inbox", Refused("410"))
    notes = ledger.take(now)
    assert notes is not None
    assert notes.arrived == {a_body.id: 1}
    assert notes.refused == {(a_body.id, "https://c.test/inbox"): "410"}
    assert notes.hosts == {"a.test": (1, 0), "b.test": (0, 1)}
    ledger.note(a_body, "https://a.test/inbox", Delivered(202))
    assert ledger.take(now) is None
    later = ledger.take(now + dt.timedelta(seconds=5))
    assert later is not None
    assert (later.arrived, later.hosts) == ({a_body.id: 1}, {})
    ledger.note(a_body, "https://a.test/inbox", Delivered(202))
    last = ledger.take(now + dt.timedelta(seconds=30))
    assert last is not None
    assert last.hosts == {"a.test": (2, 0)}
