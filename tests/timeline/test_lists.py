"""List timelines: whose posts, which replies, and what an exclusive one takes from home."""

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from contracts.ids import StatusId
from social.accounts.model import Account
from social.lists import actions
from social.lists.model import PeopleList, RepliesPolicy
from social.relationships import actions as relationships
from timeline.feeds import LISTS, key_of

Client = httpx.AsyncClient

pytestmark = pytest.mark.parametrize("memory", ["warm", "wiped", "merged"], indirect=True)


class Lists:
    """What alice does with her lists."""

    def __init__(self, stage: Stage, client: Client, owner: Account, memory: str) -> None:
        self.stage, self.client, self.owner, self.memory = stage, client, owner, memory

    async def make(self, *members: Account, policy: str = "list", exclusive: bool = False) -> PeopleList:
        async with self.stage.act(self.owner) as tx:
            made = await actions.create(
                tx, self.owner.id, title="Friends", replies_policy=RepliesPolicy(policy), exclusive=exclusive
            )
        await self.read(made)
        await self.add(made, *members)
        return made

    async def add(self, to: PeopleList, *members: Account) -> None:
        async with self.stage.act(self.owner) as tx:
            await actions.add_members(tx, to, [m.id for m in members])

    async def read(self, of: PeopleList, **query: object) -> list[StatusId]:
        if self.memory == "wiped":
            await self.stage.res.redis.flushdb()
        answer = await self.stage.get(self.client, self.owner, f"/api/v1/timelines/list/{of.id}", **query)
        return [StatusId(int(status["id"])) for status in answer.json()]

    async def home(self) -> list[StatusId]:
        return await self.stage.home(self.client, self.owner)


@pytest.fixture
async def lists(stage: Stage, client: Client, alice: Account, bob: Account, carol: Account, memory: str) -> Lists:
    """Alice follows bob and carol."""
    await stage.follow(alice, bob)
    await stage.follow(alice, carol)
    return Lists(stage, client, alice, memory)


async def test_a_list_has_what_its_members_post(lists: Lists, stage: Stage, bob, carol):
    friends = await lists.make(bob)
    await stage.post(carol)
    first, second = await stage.post(bob), await stage.post(bob)
    assert await lists.read(friends) == [second.id, first.id]
    assert await lists.read(friends, max_id=second.id) == [first.id]
    assert await lists.read(friends, min_id=first.id) == [second.id]


async def test_a_list_has_no_direct_messages(lists: Lists, stage: Stage, alice, bob):
    friends = await lists.make(bob)
    direct = await stage.post(bob, visibility="direct", mentions=(alice.id,))
    shown = await stage.post(bob)
    assert await lists.read(friends) == [shown.id]
    assert direct.id in await lists.home()


async def test_who_is_added_brings_what_they_posted_before(lists: Lists, stage: Stage, bob, carol):
    friends = await lists.make(carol)
    earlier = await stage.post(bob)
    await lists.add(friends, bob)
    assert await lists.read(friends) == [earlier.id]


async def test_who_is_removed_takes_their_posts_along(lists: Lists, stage: Stage, alice, bob, carol):
    friends = await lists.make(bob, carol)
    await stage.post(bob)
    kept = await stage.post(carol)
    async with stage.act(alice) as tx:
        await actions.remove_members(tx, friends, [bob.id])
    assert await lists.read(friends) == [kept.id]


async def test_who_is_unfollowed_is_off_the_list(lists: Lists, stage: Stage, alice, bob):
    friends = await lists.make(bob)
    await stage.post(bob)
    async with stage.act(alice) as tx:
        await relationships.unfollow(tx, alice, bob)
    assert await lists.read(friends) == []


async def test_what_is_deleted_is_gone_and_what_is_blocked_unseen(lists: Lists, stage: Stage, alice, bob, carol):
    friends = await lists.make(bob, carol)
    gone, kept = await stage.post(bob), await stage.post(bob)
    await stage.post(carol)
    await stage.delete(bob, gone)
    async with stage.act(alice) as tx:
        await relationships.mute(tx, alice, carol)
    assert await lists.read(friends) == [kept.id]


@pytest.mark.parametrize(
    ("policy", "shown"),
    [("followed", {"own", "member", "followed", "me"}), ("list", {"own", "member", "me"}), ("none", {"own", "me"})],
)
async def test_which_replies_a_list_shows(lists: Lists, stage: Stage, alice, bob, carol, eve, policy, shown):
    dave = await stage.somebody("dave")
    await stage.follow(alice, dave)
    friends = await lists.make(bob, dave, policy=policy)
    to = {"own": bob, "member": dave, "followed": carol, "stranger": eve, "me": alice}
    replies = {}
    for name, author in to.items():
        post = await stage.post(author)
        reply = await stage.post(bob, in_reply_to=post)
        replies[reply.id] = name
    found = await lists.read(friends)
    assert {replies[i] for i in found if i in replies} == shown


async def test_an_exclusive_list_takes_its_members_out_of_home(lists: Lists, stage: Stage, alice, bob, carol):
    before = await stage.post(bob)
    friends = await lists.make(bob, exclusive=True)
    listed, other = await stage.post(bob), await stage.post(carol)
    assert await lists.home() == [other.id]
    assert await lists.read(friends) == [listed.id, before.id]
    async with stage.act(alice) as tx:
        await actions.delete(tx, friends)
    assert await lists.home() == [other.id, listed.id, before.id]


async def test_a_list_that_becomes_exclusive_and_plain_again(lists: Lists, stage: Stage, alice, bob):
    friends = await lists.make(bob)
    post = await stage.post(bob)
    for exclusive, shown in ((True, []), (False, [post.id])):
        async with stage.act(alice) as tx:
            await actions.change(
                tx,
                PeopleList(id=friends.id, account_id=alice.id, title="x", replies_policy="list", exclusive=exclusive),
            )
        assert await lists.home() == shown


async def test_lists_are_written_in_chunks(lists: Lists, stage: Stage, monkeypatch, bob):
    made = [await lists.make(bob) for _ in range(5)]
    monkeypatch.setitem(stage.res.settings.__dict__, "fan_out_chunk", 2)
    post = await stage.post(bob)
    if lists.memory == "warm":
        members = await stage.res.redis.zrange(key_of(made[-1].id, LISTS), -1, -1)
        assert members == [f"{post.id:020}".encode()]
    assert [await lists.read(one) for one in made] == [[post.id]] * 5


async def test_somebody_elses_list_does_not_exist(lists: Lists, stage: Stage, client: Client, bob):
    friends = await lists.make(bob)
    for reader, status in ((bob, 404), (lists.owner, 200)):
        headers = bearing(await stage.token(reader))
        assert (await client.get(f"/api/v1/timelines/list/{friends.id}", headers=headers)).status_code == status
    narrow = bearing(await stage.token(lists.owner, "read:statuses"))
    assert (await client.get(f"/api/v1/timelines/list/{friends.id}", headers=narrow)).status_code == 403
    assert (await client.get(f"/api/v1/timelines/list/{friends.id}")).status_code == 401
