"""What alice hears, and what she lists, is not there for bob; and deciding while more comes loses nothing."""

import asyncio

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from social.lists import actions as lists
from social.lists.model import RepliesPolicy
from social.statuses.model import DIRECT

Client = httpx.AsyncClient

NOT_THERE = [
    ("GET", "/api/v1/timelines/list/{list}"),
    ("GET", "/api/v1/streaming/list?list={list}"),
    ("GET", "/api/v1/notifications/{notification}"),
    ("POST", "/api/v1/notifications/{notification}/dismiss"),
    ("GET", "/api/v2/notifications/{group}"),
    ("GET", "/api/v2/notifications/ungrouped-{notification}"),
    ("GET", "/api/v1/notifications/requests/{request}"),
    ("POST", "/api/v1/notifications/requests/{request}/accept"),
    ("POST", "/api/v1/notifications/requests/{request}/dismiss"),
    ("POST", "/api/v1/conversations/{conversation}/read"),
    ("POST", "/api/v1/conversations/{conversation}/unread"),
    ("DELETE", "/api/v1/conversations/{conversation}"),
]
WITHOUT_EFFECT = [
    ("POST", "/api/v2/notifications/{group}/dismiss"),
    ("POST", "/api/v2/notifications/ungrouped-{notification}/dismiss"),
    ("POST", "/api/v1/notifications/requests/accept?id[]={request}"),
    ("POST", "/api/v1/notifications/requests/dismiss?id[]={request}"),
    ("POST", "/api/v1/notifications/clear"),
]
"""As Mastodon: these answer alike whether or not there is something to put away."""

ALL_OF_IT = (
    "/api/v1/notifications", "/api/v2/notifications", "/api/v1/notifications/requests", "/api/v1/conversations",
)  # fmt: skip


@pytest.fixture
async def things(stage: Stage, client: Client, alice, carol, eve) -> dict[str, str]:
    post = await stage.post(alice)
    await stage.favourite(carol, post)
    await stage.post(carol, mentions=(alice.id,), visibility=DIRECT)
    await stage.follow(alice, carol)
    await stage.post(carol, mentions=(alice.id,), visibility=DIRECT)
    await stage.post(eve, mentions=(alice.id,), visibility=DIRECT)
    async with stage.act(alice) as tx:
        made = await lists.create(tx, alice.id, title="Friends", replies_policy=RepliesPolicy.LIST, exclusive=False)
    [notification, *_] = (await stage.get(client, alice, ALL_OF_IT[0], **{"types[]": "favourite"})).json()
    [request, *_] = (await stage.get(client, alice, ALL_OF_IT[2])).json()
    [conversation, *_] = (await stage.get(client, alice, ALL_OF_IT[3])).json()
    return {
        "list": str(made.id),
        "notification": notification["id"],
        "group": notification["group_key"],
        "request": request["id"],
        "conversation": conversation["id"],
    }


async def test_what_is_somebody_elses_does_not_exist(stage: Stage, client: Client, alice, bob, things):
    before = [(await stage.get(client, alice, path)).json() for path in ALL_OF_IT]
    token = bearing(await stage.token(bob))
    for method, path in NOT_THERE:
        answer = await client.request(method, path.format(**things), headers=token)
        assert answer.status_code == 404, (method, path, answer.text)
    for method, path in WITHOUT_EFFECT:
        answer = await client.request(method, path.format(**things), headers=token)
        assert answer.status_code == 200, (method, path, answer.text)
    senders = await client.get(f"/api/v2/notifications/{things['group']}/accounts", headers=token)
    assert senders.json() == []
    assert [(await stage.get(client, alice, path)).json() for path in ALL_OF_IT] == before


async def test_who_is_let_in_while_they_go_on_is_heard_whole(stage: Stage, client: Client, alice, eve):
    await stage.post(eve, mentions=(alice.id,), visibility=DIRECT)
    [request] = (await stage.get(client, alice, ALL_OF_IT[2])).json()
    token = bearing(await stage.token(alice))
    answers = await asyncio.gather(
        *(client.post(f"/api/v1/notifications/requests/{request['id']}/accept", headers=token) for _ in range(3)),
        *(stage.post(eve, mentions=(alice.id,), visibility=DIRECT) for _ in range(3)),
    )
    assert {answer.status_code for answer in answers[:3]} <= {200, 404}
    await stage.tell()
    assert (await stage.get(client, alice, ALL_OF_IT[2])).json() == []
    assert await stage.notifications(client, alice) == [("mention", "eve@far.example")] * 4
