"""Many who look at one status at the same moment: few statements, each viewer's own truth, and none that is stale."""

import asyncio

from staging import Stage

from chassis.clock import utc_now
from chassis.db import Reader, Row
from mastoapi.present import MediaUrls
from social.filters import actions as filters
from social.filters.model import FilterChange, KeywordChange
from social.relationships import actions as relationships
from social.statuses import viewing
from timeline.looking import AT_ONCE, Looks

A_FILTER = FilterChange(title="Fish", contexts=["home"], action="warn", keywords=[KeywordChange(keyword="fish")])


RENDERING = 5


def looks_of(stage: Stage, db: Reader) -> Looks:
    return Looks(db, MediaUrls("https://ours.test"), stage.res.policies)


async def test_each_of_many_sees_what_they_would_see_alone(stage: Stage, alice, bob, carol, eve):
    original = await stage.post(eve, mentions=(bob.id,))
    boost = await stage.boost(carol, original)
    await stage.follow(alice, carol)
    await stage.favourite(alice, original)
    async with stage.act(bob) as tx:
        await relationships.mute(tx, bob, eve)
        await filters.create(tx, bob.id, A_FILTER)
    viewers = [alice.id, bob.id, carol.id]
    found = await viewing.seen_by_each(stage.res.db, boost.id, viewers)
    assert found == {v: await viewing.seen(stage.res.db, [boost.id], v) for v in viewers}
    assert found[bob.id][original.id].filters_version is not None
    assert [found[v][original.id].favourited for v in viewers] == [True, False, False]


async def test_many_at_once_are_few_statements(stage: Stage, statements, alice, bob, carol):
    post = await stage.post(alice)
    viewers = [person.id for person in (alice, bob, carol)] * 50
    looks = looks_of(stage, stage.res.db)

    async def everybody() -> None:
        shown = await asyncio.gather(*(looks.shown(post.id, viewer) for viewer in viewers))
        assert None not in shown

    # Each crowd asks two things; what is shown is read and rendered once for all of them.
    assert len(await statements.of(everybody())) <= 2 * AT_ONCE + RENDERING


async def test_whoever_hangs_up_does_not_take_the_others_answer_along(stage: Stage, alice, bob):
    post = await stage.post(alice)
    looks = looks_of(stage, stage.res.db)
    leaving, staying = (asyncio.create_task(looks.shown(post.id, one.id)) for one in (alice, bob))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying is not None


class Held:
    """A reader that says what it found only when it is let go."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self.found = asyncio.Event()
        self.go = asyncio.Event()

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        rows = await self._db.fetch(sql, *args)
        self.found.set()
        await self.go.wait()
        return rows


async def test_nobody_is_told_what_was_found_before_they_asked(stage: Stage, alice, bob):
    post = await stage.post(alice)
    held = Held(stage.res.db)
    looks = looks_of(stage, held)  # type: ignore[arg-type]  # more of a reader is not asked
    early = asyncio.create_task(looks.shown(post.id, bob.id))
    await held.found.wait()
    async with stage.act(bob) as tx:
        await relationships.block(tx, bob, alice, now=utc_now())
    late = asyncio.create_task(looks.shown(post.id, bob.id))
    held.go.set()
    assert await late is None
    await early
