"""Whatever order activities come in, how often, and how many workers handle them: the same things are true after."""

import asyncio
import datetime as dt
import random
from typing import Any

import asyncpg
import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import a_post

from apcore import jsonld
from apcore.context import PUBLIC
from chassis.db import AWAY, Database
from contracts.ids import Uri
from inbox.handlers.received import on_received
from inbox.jobs import ReceivedAtLarge
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses.model import Status

Said = tuple[dict[str, Any], dt.datetime]

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)

EMPTY = """
TRUNCATE social.conversations, social.tags, social.follows, social.follow_requests, social.blocks, social.favourites,
    social.tombstones, social.undone, social.media_attachments, inbox.outbox CASCADE
"""
STATUSES = """
SELECT s.uri, s.content, s.spoiler_text, s.visibility, s.edited_at, s.in_reply_to_uri, parent.uri AS parent,
    o.uri AS original, a.uri AS author,
    parent.conversation_id IS NULL OR parent.conversation_id = s.conversation_id AS together,
    ARRAY(SELECT t.name FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id
        WHERE st.status_id = s.id ORDER BY 1) AS tags,
    ARRAY(SELECT m.remote_url || ' ' || m.description FROM social.media_attachments m
        WHERE m.status_id = s.id ORDER BY m.position) AS media,
    ARRAY(SELECT n.account_id || ' ' || n.silent FROM social.mentions n WHERE n.status_id = s.id ORDER BY 1) AS mentions
FROM social.statuses s
JOIN social.accounts a ON a.id = s.account_id
LEFT JOIN social.statuses parent ON parent.id = s.in_reply_to_id
LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
WHERE NOT s.is_local
ORDER BY s.uri
"""
ACTS = """
SELECT 'favourite' AS act, account_id, status_id AS target FROM social.favourites
UNION ALL SELECT 'follow', account_id, target_id FROM social.follows
UNION ALL SELECT 'request', account_id, target_id FROM social.follow_requests
UNION ALL SELECT 'block', account_id, target_id FROM social.blocks
ORDER BY 1, 2, 3
"""


def at(minutes: int) -> str:
    return jsonld.stamp(NOW - dt.timedelta(hours=2) + dt.timedelta(minutes=minutes))


def a_day(bob: Person, carol: Person, dave: Person, alice: Account, posts: list[Status]) -> list[Said]:
    """What three people elsewhere do in the course of a day, in the order in which they do it."""
    picture = {"type": "Image", "url": f"https://{bob.host}/1.png", "name": "one"}
    root = bob.note("<p>root</p>", published=at(0), tag=[{"type": "Hashtag", "name": "#First"}])
    reply = bob.note("<p>reply</p>", published=at(1), inReplyTo=root["id"], attachment=[picture])
    below = bob.note("<p>below</p>", published=at(2), inReplyTo=reply["id"], cc=[alice.uri], tag=[_mention(alice)])
    fleeting = bob.note("<p>fleeting</p>", published=at(3))
    private = bob.note("<p>private</p>", published=at(4), to=[bob.followers], cc=[])
    answer = carol.note("<p>answer</p>", published=at(5), inReplyTo=posts[0].uri)
    worth, regretted = carol.note("<p>worth</p>"), carol.note("<p>regretted</p>")
    boost, mistake = _boost(bob, worth), _boost(bob, regretted)
    like, slip = carol.does("Like", posts[0].uri), carol.does("Like", posts[1].uri)
    follow, fickle = carol.does("Follow", alice.uri), dave.does("Follow", alice.uri)
    block = dave.does("Block", alice.uri)
    second = root | {"content": "<p>second</p>", "updated": at(10), "tag": [{"type": "Hashtag", "name": "#Second"}]}
    third = root | {"content": "<p>third</p>", "updated": at(20), "summary": "cw"}
    shown = reply | {"attachment": [picture | {"name": "better"}], "updated": at(15)}
    before = reply | {"attachment": [picture | {"name": "worse"}], "updated": at(12)}
    said = [
        *(bob.creates(note) for note in (root, reply, below, fleeting, private)),
        carol.creates(answer),
        bob.does("Update", second),
        bob.does("Update", before),
        bob.does("Update", shown),
        bob.does("Update", third),
        bob.does("Delete", {"type": "Tombstone", "id": fleeting["id"]}),
        boost,
        mistake,
        bob.does("Undo", mistake),
        like,
        slip,
        carol.does("Undo", slip),
        follow,
        fickle,
        dave.does("Undo", fickle["id"]),
        block,
    ]
    return [(document, NOW + dt.timedelta(seconds=n)) for n, document in enumerate(said)]


def _mention(account: Account) -> dict[str, str]:
    return {"type": "Mention", "href": account.uri, "name": "@alice"}


def _boost(person: Person, note: dict[str, Any]) -> dict[str, Any]:
    return person.does("Announce", note["id"], to=[PUBLIC], cc=[person.followers], published=at(6))


@pytest.fixture
async def scene(
    door: Doorstep, neighbours: Neighbours, bob: Person, alice: Account, gateway: Database, superuser
) -> "Scene":
    carol, dave = neighbours.person("carol", "good.localhost", key=2), neighbours.person("dave", key=3)
    for person in (bob, carol, dave):
        await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1"))
    async with gateway.transaction() as tx:
        posts = [await a_post(tx, alice, f"post {n}") for n in range(2)]
    return Scene(door, superuser, gateway, alice, a_day(bob, carol, dave, alice, posts), posts, bob)


class Scene:
    def __init__(
        self,
        door: Doorstep,
        superuser: "asyncpg.Connection",
        gateway: Database,
        alice: Account,
        said: list[Said],
        posts: list[Status],
        bob: Person,
    ) -> None:
        self.door = door
        self.said = said
        self._superuser = superuser
        self._gateway = gateway
        self._alice = alice
        self._posts = posts
        self._bob = bob

    async def begin_again(self) -> None:
        """As before the day: Alice has posted, and follows Bob."""
        await self._superuser.execute(EMPTY)
        async with self._gateway.transaction() as tx:
            for post in self._posts:
                await tx.execute("INSERT INTO social.conversations (id) VALUES ($1)", post.conversation_id)
                await tx.execute(
                    """
                    INSERT INTO social.statuses
                        (id, uri, url, account_id, is_local, conversation_id, visibility, created_at)
                    VALUES ($1, $2, $2, $3, true, $4, 'public', $5)
                    """,
                    post.id,
                    post.uri,
                    self._alice.id,
                    post.conversation_id,
                    post.created_at,
                )
            bob = await accounts.by_uri(tx, Uri(self._bob.uri))
            assert bob is not None
            await relationships.follow(tx, self._alice, bob, now=NOW)
        async with self.door.res.db.transaction() as tx:
            await relationships.accept(tx, self._alice, bob)

    async def hear(self, said: Said) -> None:
        """As a worker: what cannot be done for now is done again."""
        document, received_at = said
        for _ in range(20):
            try:
                await on_received(self.door.res, ReceivedAtLarge(document=document, received_at=received_at))
            except AWAY:
                await asyncio.sleep(0.05)
            else:
                return
        raise AssertionError(f"never done: {document['type']}")

    async def truth(self) -> list[Any]:
        await self.door.settle()
        db = self.door.res.db
        return [tuple(row) for sql in (STATUSES, ACTS) for row in await db.fetch(sql)]


async def test_the_order_of_arrival_does_not_matter(scene: Scene) -> None:
    await scene.begin_again()
    for said in scene.said:
        await scene.hear(said)
    expected = await scene.truth()
    assert len(expected) >= 12
    for seed in range(15):
        chance = random.Random(seed)
        shuffled = [*scene.said, *chance.sample(scene.said, 8)]
        chance.shuffle(shuffled)
        await scene.begin_again()
        for said in shuffled:
            await scene.hear(said)
        assert await scene.truth() == expected, f"seed {seed}: {[document['type'] for document, _ in shuffled]}"


async def test_many_workers_come_to_the_same_as_one(scene: Scene) -> None:
    await scene.begin_again()
    for said in scene.said:
        await scene.hear(said)
    expected = await scene.truth()
    for seed in range(6):
        chance = random.Random(seed)
        shuffled = [*scene.said, *scene.said]
        chance.shuffle(shuffled)
        await scene.begin_again()
        await asyncio.gather(*map(scene.hear, shuffled))
        assert await scene.truth() == expected, f"seed {seed}"
