"""Finding for our own services what lives elsewhere."""

from typing import Any

import httpx
import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import ADDRESSES, a_post

from apcore import keys
from chassis.db import Database
from contracts.ids import StatusId, Uri
from social.accounts import store as accounts
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.statuses import reading


async def ask(door: Doorstep, resource: Any, secret: str = "internal") -> httpx.Response:
    return await door.client.post(
        "/internal/resolve", json={"resource": resource}, headers={"Authorization": f"Bearer {secret}"}
    )


async def test_only_our_own_services_may_ask(door: Doorstep, bob: Person) -> None:
    assert (await ask(door, bob.handle, "wrong")).status_code == 403


@pytest.mark.parametrize("written", ["@{}", "{}", "acct:{}"])
async def test_a_handle_leads_to_its_account(door: Doorstep, bob: Person, written: str) -> None:
    found = (await ask(door, written.format(bob.handle))).json()
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    assert found == {"kind": "account", "id": str(account.id)}
    asked = len(door.neighbours.asked)
    assert (await ask(door, written.format(bob.handle))).json() == found
    assert len(door.neighbours.asked) == asked


async def test_an_address_leads_to_a_post_with_its_author_and_thread(
    door: Doorstep, bob: Person, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    root = carol.note()
    note = bob.note(inReplyTo=root["id"])
    found = (await ask(door, note["id"])).json()
    status = await reading.by_id(door.res.db, StatusId(int(found["id"])))
    assert status is not None
    assert (found["kind"], status.uri) == ("status", note["id"])
    await door.settle()
    assert await reading.by_uri(door.res.db, Uri(root["id"]))


async def test_a_page_leads_to_the_post_it_shows(door: Doorstep, bob: Person, neighbours: Neighbours) -> None:
    note = bob.note()
    page = f"https://{bob.host}/@bob/1"
    neighbours.redirects(page, note["id"])
    assert (await ask(door, page)).json()["kind"] == "status"


async def test_what_is_ours_is_found_without_asking_anybody(door: Doorstep, alice: Account, gateway: Database) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    for name in ("@alice", "alice@ours.test", alice.uri, alice.url, "https://ours.test/users/alice"):
        assert (await ask(door, name)).json() == {"kind": "account", "id": str(alice.id)}
    for name in (status.uri, status.url):
        assert (await ask(door, name)).json() == {"kind": "status", "id": str(status.id)}
    assert door.neighbours.asked == []


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "two words",
        "nobody@ours.test",
        "https://ours.test/nothing",
        "https://10.0.0.1/x",
        "https://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "https://ours.test/@alice/99999999999999999999",
        "file:///etc/passwd",
        "a" * 5000,
    ],
)
async def test_what_cannot_be_found_is_404(door: Doorstep, nonsense: str) -> None:
    assert (await ask(door, nonsense)).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b'{"resource": 7}', b"{"])
async def test_a_question_that_is_none_is_422(door: Doorstep, body: bytes) -> None:
    headers = {"Authorization": "Bearer internal"}
    assert (await door.client.post("/internal/resolve", content=body, headers=headers)).status_code == 422


async def test_what_was_not_found_is_not_asked_for_again_at_once(door: Doorstep, bob: Person) -> None:
    for _ in range(3):
        assert (await ask(door, f"nobody@{bob.host}")).status_code == 404
    assert len([path for path in door.neighbours.asked if "webfinger" in path]) == 1


async def test_a_document_that_calls_itself_somebody_elses_is_refused(
    door: Doorstep, bob: Person, mallory: Person
) -> None:
    lie = f"https://{mallory.host}/x"
    for document in (bob.document() | {"name": "Forged"}, bob.note() | {"content": "forged"}):
        door.neighbours.serves(lie, document)
        await ask(door, lie)
    names = [row["display_name"] for row in await door.res.db.fetch("SELECT display_name FROM social.accounts")]
    contents = [row["content"] for row in await door.res.db.fetch("SELECT content FROM social.statuses")]
    assert "Forged" not in names
    assert "forged" not in contents


async def test_a_post_that_is_not_for_everybody_is_not_kept(door: Doorstep, bob: Person) -> None:
    assert (await ask(door, bob.note(to=[bob.followers], cc=[])["id"])).status_code == 404


async def test_requests_are_signed_by_the_servers_own_actor(door: Doorstep, bob: Person, gateway: Database) -> None:
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, keys.generate())
    await ask(door, bob.uri)
    assert True in door.neighbours.asked_signed


async def test_a_suspended_server_is_not_asked(door: Doorstep, mallory: Person) -> None:
    await door.sets_policy(mallory.host, severity="suspend")
    for name in (mallory.handle, mallory.uri, mallory.note()["id"]):
        assert (await ask(door, name)).status_code == 404
    assert door.neighbours.asked == []
