"""What was said in private, by thread and people, whatever order it comes in."""

import itertools

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from social.accounts.model import Account
from timeline.jobs import MoveIn

Client = httpx.AsyncClient
PATH = "/api/v1/conversations"


async def talks(stage: Stage, client: Client, reader: Account) -> list[tuple[list[str], str, bool]]:
    """The people in it, the last words, and whether they are unread."""
    found = (await stage.get(client, reader, PATH)).json()
    return [([a["acct"] for a in c["accounts"]], c["last_status"]["content"], c["unread"]) for c in found]


async def whisper(stage: Stage, author: Account, text: str, *readers: Account, **changes: object):
    return await stage.post(author, text, mentions=tuple(r.id for r in readers), visibility="direct", **changes)


async def acquainted(stage: Stage, *people: Account) -> None:
    for one, other in itertools.permutations(people, 2):
        await stage.follow(one, other)


async def test_both_sides_have_the_talk_and_only_one_has_to_read_it(stage: Stage, client: Client, alice, bob, carol):
    await acquainted(stage, alice, bob)
    first = await whisper(stage, alice, "Hello", bob)
    assert await talks(stage, client, alice) == [(["bob"], "<p>Hello</p>", False)]
    assert await talks(stage, client, bob) == [(["alice"], "<p>Hello</p>", True)]
    assert await talks(stage, client, carol) == []
    await whisper(stage, bob, "Good day", alice, in_reply_to=first)
    assert await talks(stage, client, alice) == [(["bob"], "<p>Good day</p>", True)]
    assert await talks(stage, client, bob) == [(["alice"], "<p>Good day</p>", False)]


async def test_what_is_not_said_in_private_is_no_talk(stage: Stage, client: Client, alice, bob):
    await acquainted(stage, alice, bob)
    for visibility in ("public", "unlisted", "private"):
        await stage.post(alice, mentions=(bob.id,), visibility=visibility)
    assert await talks(stage, client, bob) == []


async def test_other_people_are_another_talk(stage: Stage, client: Client, alice, bob, carol):
    await acquainted(stage, alice, bob, carol)
    first = await whisper(stage, alice, "To one", bob)
    await whisper(stage, alice, "To both", bob, carol, in_reply_to=first)
    assert await talks(stage, client, bob) == [
        (["alice", "carol"], "<p>To both</p>", True),
        (["alice"], "<p>To one</p>", True),
    ]


async def test_a_talk_with_oneself_shows_oneself(stage: Stage, client: Client, alice):
    await whisper(stage, alice, "Remember")
    assert await talks(stage, client, alice) == [(["alice"], "<p>Remember</p>", False)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_the_newest_is_the_last_whatever_comes_first(stage: Stage, client: Client, alice, bob, order):
    await acquainted(stage, alice, bob)
    said, emitted = None, []
    for number, (author, reader) in enumerate([(alice, bob), (bob, alice), (alice, bob)]):
        said = await whisper(stage, author, str(number), reader, in_reply_to=said, heard=False)
        emitted.append(stage.emitted)
    for number in (*order, *order):
        await stage.tell(*emitted[number])
    assert await talks(stage, client, bob) == [(["alice"], "<p>2</p>", True)]
    assert await talks(stage, client, alice) == [(["bob"], "<p>2</p>", False)]


async def test_the_former_post_takes_the_place_of_a_deleted_one(stage: Stage, client: Client, alice, bob):
    await acquainted(stage, alice, bob)
    first = await whisper(stage, alice, "First", bob)
    second = await whisper(stage, alice, "Second", bob, in_reply_to=first)
    await stage.delete(alice, second)
    assert await talks(stage, client, bob) == [(["alice"], "<p>First</p>", True)]
    await stage.delete(alice, first)
    assert (await talks(stage, client, bob), await talks(stage, client, alice)) == ([], [])


async def test_reading_and_unreading(stage: Stage, client: Client, alice, bob):
    await acquainted(stage, alice, bob)
    await whisper(stage, alice, "Hello", bob)
    [found] = (await stage.get(client, bob, PATH)).json()
    headers = bearing(await stage.token(bob))
    read = await client.post(f"{PATH}/{found['id']}/read", headers=headers)
    assert read.json() == found | {"unread": False}
    await stage.tell(*stage.emitted)
    assert await talks(stage, client, bob) == [(["alice"], "<p>Hello</p>", False)]
    assert (await client.post(f"{PATH}/{found['id']}/unread", headers=headers)).json() == found


async def test_what_is_put_away_comes_back_with_the_next_word(stage: Stage, client: Client, alice, bob):
    await acquainted(stage, alice, bob)
    first = await whisper(stage, alice, "Hello", bob)
    [found] = (await stage.get(client, bob, PATH)).json()
    headers = bearing(await stage.token(bob))
    assert (await client.delete(f"{PATH}/{found['id']}", headers=headers)).json() == {}
    await stage.tell(*stage.emitted)
    assert await talks(stage, client, bob) == []
    assert (await client.delete(f"{PATH}/{found['id']}", headers=headers)).status_code == 404
    assert len(await talks(stage, client, alice)) == 1
    await whisper(stage, alice, "Again", bob, in_reply_to=first)
    assert await talks(stage, client, bob) == [(["alice"], "<p>Again</p>", True)]


async def test_talks_come_in_pages_by_their_last_post(stage: Stage, client: Client, alice, bob, carol):
    await acquainted(stage, alice, bob, carol)
    await whisper(stage, bob, "One", alice)
    second = await whisper(stage, carol, "Two", alice)
    answer = await stage.get(client, alice, PATH, limit=1)
    assert [c["last_status"]["id"] for c in answer.json()] == [str(second.id)]
    assert f"max_id={second.id}" in answer.headers["link"]
    rest = await stage.get(client, alice, PATH, max_id=second.id)
    assert [c["last_status"]["content"] for c in rest.json()] == ["<p>One</p>"]


async def test_a_stranger_is_in_no_talk_before_they_are_let_in(stage: Stage, client: Client, alice, eve):
    await whisper(stage, eve, "Hello?", alice)
    assert await talks(stage, client, alice) == []
    [request] = (await stage.get(client, alice, "/api/v1/notifications/requests")).json()
    path = f"/api/v1/notifications/requests/{request['id']}/accept"
    await client.post(path, headers=bearing(await stage.token(alice)))
    await stage.tell(MoveIn(account_id=alice.id, from_account_id=eve.id))
    assert await talks(stage, client, alice) == [(["eve@far.example"], "<p>Hello?</p>", True)]


async def test_nobody_touches_the_talks_of_others(stage: Stage, client: Client, alice, bob, carol):
    await acquainted(stage, alice, bob)
    await whisper(stage, alice, "Hello", bob)
    [found] = (await stage.get(client, bob, PATH)).json()
    headers = bearing(await stage.token(carol))
    for method, path in (("DELETE", ""), ("POST", "/read"), ("POST", "/unread")):
        for which in (found["id"], "1", "x"):
            assert (await client.request(method, f"{PATH}/{which}{path}", headers=headers)).status_code == 404
    assert (await stage.get(client, bob, PATH)).json() == [found]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("DELETE", "/1"), ("POST", "/1/read"), ("POST", "/1/unread")]
)
async def test_talks_need_a_token_with_the_scope(stage: Stage, client: Client, alice, method, path):
    assert (await client.request(method, f"{PATH}{path}")).status_code == 401
    headers = bearing(await stage.token(alice, "read:notifications"))
    assert (await client.request(method, f"{PATH}{path}", headers=headers)).status_code == 403
