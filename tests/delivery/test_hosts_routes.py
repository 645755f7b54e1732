"""What operators and other services see of hosts, and can do about them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from peers import Peers
from postman import Postman

from delivery.app import create_app
from delivery.resources import Resources
from social.accounts.model import Account


@pytest.fixture
async def client(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(resources))
    headers = {"Authorization": "Bearer internal"}
    async with httpx.AsyncClient(transport=transport, base_url="http://delivery", headers=headers) as opened:
        yield opened


@pytest.mark.parametrize("given", ["", "Bearer wrong"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/internal/hosts"),
        ("GET", "/internal/hosts/far.test"),
        ("POST", "/internal/hosts/far.test/pause"),
        ("POST", "/internal/hosts/far.test/resume"),
        ("POST", "/internal/hosts/far.test/alive"),
    ],
)
async def test_strangers_learn_and_do_nothing(client: httpx.AsyncClient, method: str, path: str, given: str) -> None:
    answer = await client.request(method, path, headers={"Authorization": given})
    assert answer.status_code == 403


async def test_an_operator_sees_a_host_that_fails(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.goes_away("far")
    await postman.post(alice)
    [report] = (await client.get("/internal/hosts", params={"unwell": True})).json()
    assert report["host"] == peers.host("far")
    assert (report["state"], report["failures"], report["held"]) == ("fast", 1, 1)
    assert report["last_error"] == "connection"
    assert (await client.get(f"/internal/hosts/{peers.host('far')}")).json() == report


async def test_an_unknown_host_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/internal/hosts/nowhere.test")).status_code == 404


async def test_an_operator_pauses_and_resumes_a_host(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    host = peers.host("far")
    assert (await client.post(f"/internal/hosts/{host}/pause")).json()["paused"] is True
    await postman.post(alice)
    await postman.later(3600)
    assert (await client.get(f"/internal/hosts/{host}")).json()["held"] == 1
    assert peers.received == []
    assert (await client.post(f"/internal/hosts/{host}/resume")).json()["paused"] is False
    await postman.later(0)
    assert peers.types_at("far") == ["Create"]


async def test_a_sign_of_life_can_be_told(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    path = f"/internal/hosts/{peers.host('far')}/alive"
    assert (await client.post(path)).json() == {"woken": False}
    peers.goes_away("far")
    await postman.post(alice)
    for wait in (5, 25, 90, 30, 60):
        await postman.later(wait)
    assert (await client.post(path)).json() == {"woken": False}
    peers.comes_back("far")
    await postman.later(31)
    assert (await client.post(path)).json() == {"woken": True}
    await postman.later(0)
    assert peers.types_at("far") == ["Create"]


async def test_it_is_ready_and_reports_itself(client: httpx.AsyncClient, postman: Postman) -> None:
    assert (await client.get("/ready")).status_code == 200
    assert "murmuration_delivery_outcomes_total" in (await client.get("/metrics")).text


async def test_what_waits_longest_is_listed_first_and_counted_by_lane(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    good = await postman.stranger("gil", "near")
    await postman.follows(good, alice)
    await client.post(f"/internal/hosts/{peers.host('near')}/pause")
    await postman.post(alice)
    await postman.later(60)
    await client.post(f"/internal/hosts/{peers.host('far')}/pause")
    await postman.post(alice)
    listed = (await client.get("/internal/hosts/behind")).json()
    assert [(row["host"], row["held"]) for row in listed] == [(peers.host("near"), 2), (peers.host("far"), 1)]
    assert (await client.get("/internal/hosts/behind", params={"state": "open"})).json() == []
    totals = (await client.get("/internal/hosts/totals")).json()
    assert [(lane["lane"], lane["held"]) for lane in totals["lanes"]] == [("paused", 3)]
    assert totals["hosts"] == {"paused": 2}


async def test_an_operator_tries_at_once_what_waits_for_a_host_that_was_given_up(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    path = f"/internal/hosts/{peers.host('far')}/retry"
    assert (await client.post(path)).json() == {"retried": False}
    peers.goes_away("far")
    await postman.post(alice)
    for wait in (5, 25, 90):
        await postman.later(wait)
    peers.comes_back("far")
    await postman.later(1)
    assert peers.received == []
    assert (await client.post(path)).json() == {"retried": True}
    await postman.later(0)
    assert peers.types_at("far") == ["Create"]


async def test_what_an_operator_drops_is_gone_and_counts_as_refused(
    client: httpx.AsyncClient, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    host = peers.host("far")
    await client.post(f"/internal/hosts/{host}/pause")
    status = await postman.post(alice)
    assert (await client.post(f"/internal/hosts/{host}/drop")).json() == {"dropped": 1}
    assert (await client.post(f"/internal/hosts/{host}/drop")).json() == {"dropped": 0}
    await client.post(f"/internal/hosts/{host}/resume")
    await postman.later(10)
    assert peers.received == []
    [trace] = (await client.get("/internal/deliveries", params={"about": status.uri})).json()
    assert [refused["reason"] for refused in trace["refused"]] == ["dropped"]
