"""A world for bad neighbours, what they must not change in it, and how it is put right again."""

import datetime as dt
import os
from typing import Any

import asyncpg
import pytest
from doorstep import Doorstep
from fuzz.samples import World, kept
from hypothesis import HealthCheck, Phase, settings
from neighbours import Neighbours, Person
from people import a_post

from apcore.objects import read_note
from chassis.db import Database
from chassis.worker import Verdict
from contracts.ids import Uri
from inbox.fetching.actors import introduce
from inbox.fetching.gather import Found, keep
from inbox.handlers.background import arrival_now
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation.actor import Introduced
from social.polls.model import PollDraft
from social.quotes.model import Policy
from social.relationships import actions as relationships

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "500"))
"""How many documents altogether; `make fuzz` sends more, and other ones each time."""
LONGEST = 240 + EXAMPLES
"""Seconds: a busy machine needs some tenths of one for each document."""
TOGETHER = 10
"""How many are sent before anybody looks at what became of them."""
SETTINGS = settings(
    deadline=None,
    database=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def share(tenths: int) -> settings:
    """So many tenths of all documents."""
    return settings(SETTINGS, max_examples=max(EXAMPLES * tenths // 10 // TOGETHER, 1))


TRIED_AGAIN = ("Unreachable(", "KeyAway(", "AskedEnough(")
"""Where somebody is named who is not there, or who was asked too much."""

# What is of others than the signer's host: nothing of it may come, go or change.
OTHERS = """
WITH others AS (SELECT * FROM social.accounts WHERE domain IS DISTINCT FROM $1)
SELECT 'account' AS what, uri AS a, concat_ws(' ', username, domain, inbox_url, shared_inbox_url, public_key_pem,
    display_name, note, moved_to_id, also_known_as, suspended_at, featured_url) AS b FROM others
UNION ALL SELECT 'status', s.uri, concat_ws(' ', s.account_id, s.content, s.visibility, s.spoiler_text,
    s.edited_at, s.in_reply_to_id, s.url)
    FROM social.statuses s JOIN others o ON o.id = s.account_id
UNION ALL SELECT 'favourite', f.account_id::text, f.status_id::text
    FROM social.favourites f JOIN others o ON o.id = f.account_id
UNION ALL SELECT 'follow', f.account_id::text, f.target_id::text
    FROM social.follows f JOIN others o ON o.id = f.account_id
    JOIN others t ON t.id = f.target_id
UNION ALL SELECT 'request', f.account_id::text, f.target_id::text
    FROM social.follow_requests f JOIN others o ON o.id = f.account_id
    JOIN others t ON t.id = f.target_id
UNION ALL SELECT 'block', b.account_id::text, b.target_id::text
    FROM social.blocks b JOIN others o ON o.id = b.account_id
UNION ALL SELECT 'mention', m.account_id::text, m.status_id::text
    FROM social.mentions m JOIN social.statuses s ON s.id = m.status_id
    JOIN others o ON o.id = s.account_id
UNION ALL SELECT 'pin', p.account_id::text, p.status_id::text
    FROM social.status_pins p JOIN others o ON o.id = p.account_id
UNION ALL SELECT 'vote', v.account_id::text, v.choice::text
    FROM social.poll_votes v JOIN others o ON o.id = v.account_id
UNION ALL SELECT 'poll', p.id::text, concat_ws(' ', p.options, p.expires_at)
    FROM social.polls p JOIN others o ON o.id = p.account_id
UNION ALL SELECT 'file', m.account_id::text, m.remote_url
    FROM social.media_attachments m JOIN others o ON o.id = m.account_id
UNION ALL SELECT 'quote', q.account_id::text, concat_ws(' ', q.quoted_uri, q.state)
    FROM social.quotes q JOIN others o ON o.id = q.account_id
UNION ALL SELECT 'emoji', e.domain, e.shortcode
    FROM social.custom_emojis e WHERE e.domain IS DISTINCT FROM $1
UNION ALL SELECT 'tombstone', t.uri, t.actor_uri
    FROM social.tombstones t WHERE NOT starts_with(lower(t.actor_uri), $2)
UNION ALL SELECT 'undone', u.uri, u.actor_uri
    FROM social.undone u WHERE NOT starts_with(lower(u.actor_uri), $2)
ORDER BY 1, 2, 3
"""
MISPLACED = """
SELECT s.uri FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id
WHERE lower(split_part(s.uri, '/', 3)) <> lower(split_part(a.uri, '/', 3))
UNION ALL
SELECT a.uri FROM social.accounts a
WHERE NOT a.is_local AND lower(split_part(a.uri, '/', 3)) <> a.domain
UNION ALL
SELECT t.uri FROM social.tombstones t WHERE lower(split_part(t.uri, '/', 3)) <> lower(split_part(t.actor_uri, '/', 3))
"""


class Scene:
    def __init__(
        self, door: Doorstep, world: World, people: list[Introduced], gateway: Database, look: "asyncpg.Connection"
    ) -> None:
        self.door = door
        self.world = world
        self._people = people
        self._gateway = gateway
        self._look = look
        self._host = world.mallory.host
        self._before: list[Any] = []

    async def begin_again(self) -> None:
        """As if nobody bad had been here yet: mallory and carol are known, mallory is followed and has posted."""
        prefix = f"https://{self._host}/"
        await self._look.execute("DELETE FROM social.accounts WHERE domain = $1", self._host)
        await self._look.execute("DELETE FROM social.tombstones WHERE starts_with(lower(actor_uri), $1)", prefix)
        await self._look.execute("DELETE FROM social.undone WHERE starts_with(lower(actor_uri), $1)", prefix)
        await self._look.execute("DELETE FROM inbox.outbox")
        await self._look.execute("DELETE FROM inbox.spendings")
        arrival = arrival_now(self.door.res)
        found = Found(actors=tuple(self._people), notes=(read_note(kept(self.world)),))
        async with self.door.res.db.transaction() as tx:
            await keep(tx, arrival, found)
            mallory = await accounts.by_uri(tx, Uri(self.world.mallory.uri))
        assert mallory is not None
        async with self._gateway.transaction() as tx:
            await relationships.follow(tx, self.world.alice, mallory, now=arrival.at)
        async with self.door.res.db.transaction() as tx:
            await relationships.accept(tx, self.world.alice, mallory)
        self.door.verdicts.clear()
        self.door.forgets_failures()
        # As if minutes had passed: a host may be asked so often in each.
        self.door.res.fetcher._budget._purses.clear()
        self._before = await self.of_others()

    async def of_others(self) -> list[Any]:
        rows = await self._look.fetch(OTHERS, self._host, f"https://{self._host}/")
        return [tuple(row) for row in rows]

    async def check(self, logged: list[Any], said: object) -> None:
        """Nothing broke, and nothing is there or gone that is not the signer's."""
        wrong = [line for line in logged if not _is_expected(line)]
        assert wrong == [], (wrong, said)
        assert Verdict.PARK not in self.door.verdicts, said
        after = await self.of_others()
        assert after == self._before, (set(after) ^ set(self._before), said)
        assert await self._look.fetch(MISPLACED) == [], said


def _is_expected(line: Any) -> bool:
    if line["log_level"] in ("debug", "info"):
        return True
    return bool(line["event"] == "message will be tried again" and line["error"].startswith(TRIED_AGAIN))


@pytest.fixture
async def scene(
    door: Doorstep,
    alice: Account,
    bob: Person,
    mallory: Person,
    neighbours: Neighbours,
    gateway: Database,
    superuser: "asyncpg.Connection",
) -> Scene:
    carol = neighbours.person("carol", mallory.host.partition(":")[0], key=2)
    mallory.profile = {"featured": f"{mallory.uri}/featured", "featuredTags": f"{mallory.uri}/tags"}
    mallory.publish()
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    async with gateway.transaction() as tx:
        post = await a_post(tx, alice, quote_policy=Policy(automatic=("public",)))
        poll = await a_post(tx, alice, "Which?", poll=PollDraft(options=("one", "two"), expires_at=ends))
        secret = await a_post(tx, alice, "For followers", visibility="private")
    note = bob.note()
    assert (await door.looks_up(note["id"])).status_code == 200
    await door.settle()
    people = [await introduce(door.res, Uri(person.uri)) for person in (mallory, carol)]
    world = World(alice=alice, post=post, poll=poll, secret=secret, bob=bob, note=note, mallory=mallory, carol=carol)
    neighbours.serves(
        f"https://{mallory.host}/notes/served", kept(world) | {"id": f"https://{mallory.host}/notes/served"}
    )
    return Scene(door, world, people, gateway, superuser)
