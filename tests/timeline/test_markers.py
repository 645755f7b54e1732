"""How far somebody has read, the same on all their devices."""

import asyncio
from typing import Any

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from social.accounts.model import Account
from timeline.store import markers

Client = httpx.AsyncClient
PATH = "/api/v1/markers"


async def move(stage: Stage, client: Client, account: Account, **body: Any) -> httpx.Response:
    return await client.post(PATH, json=body, headers=bearing(await stage.token(account)))


async def test_a_marker_is_read_as_it_was_set(stage: Stage, client: Client, alice):
    answer = await move(stage, client, alice, home={"last_read_id": "123"})
    assert (answer.status_code, answer.json()["home"]["last_read_id"], answer.json()["home"]["version"]) == (
        200,
        "123",
        1,
    )
    read = await stage.get(client, alice, PATH, **{"timeline[]": ["home", "notifications"]})
    assert read.json() == answer.json()


async def test_forms_with_brackets_do_as_well(stage: Stage, client: Client, alice):
    form = {"home[last_read_id]": "5", "notifications[last_read_id]": "6"}
    answer = await client.post(PATH, data=form, headers=bearing(await stage.token(alice)))
    assert {name: marker["last_read_id"] for name, marker in answer.json().items()} == {
        "home": "5",
        "notifications": "6",
    }


async def test_only_what_is_asked_for_is_answered(stage: Stage, client: Client, alice):
    await move(stage, client, alice, home={"last_read_id": "1"}, notifications={"last_read_id": "2"})
    assert (await stage.get(client, alice, PATH)).json() == {}
    assert set((await stage.get(client, alice, PATH, **{"timeline[]": "notifications"})).json()) == {"notifications"}


async def test_the_version_counts_moves(stage: Stage, client: Client, alice):
    versions = [
        (await move(stage, client, alice, home={"last_read_id": at})).json()["home"]["version"]
        for at in ("1", "2", "2", "1")
    ]
    assert versions == [1, 2, 2, 3]


async def test_of_two_who_move_it_at_the_same_time_one_is_refused(stage: Stage, client: Client, alice):
    await move(stage, client, alice, home={"last_read_id": "1"})
    async with stage.res.db.transaction() as tx:
        await markers.set_marker(tx, alice.id, "home", 2, 1)
        other = asyncio.create_task(move(stage, client, alice, home={"last_read_id": "3"}))
        await asyncio.sleep(0.3)
        assert not other.done()
    answer = await other
    assert (answer.status_code, answer.json()) == (409, {"error": "Conflict during update, please try again"})


async def test_everybody_has_their_own(stage: Stage, client: Client, alice, bob):
    await move(stage, client, alice, home={"last_read_id": "1"})
    assert (await stage.get(client, bob, PATH, **{"timeline[]": "home"})).json() == {}


@pytest.mark.parametrize("home", [{"last_read_id": "no number"}, {}, "x"])
async def test_what_is_no_position_is_refused(stage: Stage, client: Client, alice, home):
    assert (await move(stage, client, alice, home=home)).status_code == 422
