"""Wherever among all that is said somebody's farewell comes, and how often: afterwards nothing of theirs is here."""

import asyncio
import datetime as dt
import random
from typing import Any

from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import a_post

from apcore.context import PUBLIC
from chassis.db import AWAY, Database
from inbox.handlers.received import on_received
from inbox.jobs import ReceivedAtLarge
from social.accounts.model import Account

NOW = dt.datetime.now(dt.UTC)
LEFT = """
SELECT a.uri FROM social.accounts a WHERE a.uri = $1
UNION ALL SELECT s.uri FROM social.statuses s WHERE NOT s.is_local AND s.content LIKE '%Of bob%'
UNION ALL SELECT 'follow' FROM social.follows
UNION ALL SELECT 'favourite' FROM social.favourites
"""


def all_said(bob: Person, carol: Person, alice: Account, post: str) -> list[dict[str, Any]]:
    """Bob's, and what carol says of him and to him."""
    note = bob.note("<p>Of bob</p>", cc=[alice.uri], tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}])
    other = bob.note("<p>Of bob, elsewhere</p>")
    named = [{"type": "Mention", "href": uri, "name": "@somebody"} for uri in (bob.uri, alice.uri)]
    return [
        bob.does("Follow", alice.uri),
        bob.creates(note),
        bob.does("Update", note | {"content": "<p>Of bob, again</p>", "updated": "2026-06-02T12:00:00Z"}),
        bob.does("Like", post),
        bob.does("Announce", post, to=[PUBLIC]),
        bob.does("Update", bob.document()),
        bob.does("Delete", bob.uri),
        carol.creates(carol.note("<p>To bob</p>", cc=[alice.uri], tag=named)),
        carol.does("Announce", other["id"], to=[PUBLIC]),
    ]


async def hear(door: Doorstep, document: dict[str, Any]) -> None:
    """As a worker: what cannot be done for now is done again."""
    for _ in range(20):
        try:
            await on_received(door.res, ReceivedAtLarge(document=document, received_at=NOW))
        except AWAY:
            await asyncio.sleep(0.02)
        else:
            return
    raise AssertionError(f"never done: {document['type']}")


async def test_nothing_of_somebody_who_left_comes_back(
    door: Doorstep, alice: Account, bob: Person, neighbours: Neighbours, gateway: Database
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    async with gateway.transaction() as tx:
        post = await a_post(tx, alice)
    for seed in range(12):
        chance = random.Random(seed)
        said = all_said(bob, carol, alice, post.uri)
        said += chance.sample(said, 4)
        chance.shuffle(said)
        for document in said:
            await hear(door, document)
        if seed % 2:
            await door.settle()
        left = await door.res.db.fetch(LEFT, bob.uri)
        assert left == [], (seed, [document["type"] for document in said])
        async with door.res.db.transaction() as tx:
            await tx.execute("DELETE FROM social.tombstones")
