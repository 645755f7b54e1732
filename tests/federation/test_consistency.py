"""What two servers know of each other agrees in the end, though not everything was ever delivered."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from federation.world import Json, Person, open_person, relation, words
from waiting import eventually

from native.server import Server


@pytest.fixture(scope="module")
async def carla(alpha: Server) -> AsyncIterator[Person]:
    """Somebody on alpha whom nobody on beta knows yet."""
    async with open_person("carla", alpha) as person:
        yield person


@pytest.fixture(scope="module")
async def dora(beta: Server) -> AsyncIterator[Person]:
    """Somebody on beta."""
    async with open_person("dora", beta) as person:
        yield person


async def behind_its_back(server: Server, role: str, sql: str, *args: object) -> None:
    """What no app and no other server could do: time passing, a message lost."""
    environment = server.environment
    connection = await asyncpg.connect(
        environment["MURMURATION_DATABASE_URL"], user=role, password=environment["MURMURATION_DATABASE_PASSWORD"]
    )
    try:
        assert await connection.execute(sql, *args) != "UPDATE 0"
    finally:
        await connection.close()


async def looked_up(person: Person, url: str) -> Json:
    found = await person.get("/api/v2/search", q=url, type="statuses", resolve="true")
    status: Json = found["statuses"][0]
    return status


async def test_whoever_opens_a_thread_gets_the_rest_of_it(
    carla: Person, anna: Person, bob: Person, beta: Server
) -> None:
    root = await anna.post("A long story")
    answer = await carla.post("Tell us", in_reply_to_id=root["id"])
    told = await anna.post("Once upon a time", in_reply_to_id=answer["id"])
    there = await looked_up(bob, root["uri"])
    await behind_its_back(
        beta,
        "inbox",
        "UPDATE social.statuses SET created_at = created_at - interval '1 hour' WHERE uri = $1",
        root["uri"],
    )
    opened = await bob.client.get(f"/api/v1/statuses/{there['id']}/context")
    refresh = opened.headers["Mastodon-Async-Refresh"].split('"')[1]

    async def finished() -> int | None:
        found = (await bob.get(f"/api/v1_alpha/async_refreshes/{refresh}"))["async_refresh"]
        return int(found["result_count"]) if found["status"] == "finished" else None

    await eventually(finished, is_=2)
    context = await bob.get(f"/api/v1/statuses/{there['id']}/context")
    assert [status["uri"] for status in context["descendants"]] == [answer["uri"], told["uri"]]


async def test_what_somebody_said_before_they_were_followed_is_at_home_and_told_to_nobody(
    carla: Person, dora: Person
) -> None:
    before = await carla.post("Nobody hears me", visibility="unlisted")
    here = await dora.find(carla.handle)
    await dora.send(f"/api/v1/accounts/{here['id']}/follow", notify=True)
    there = await dora.sees(before["uri"])
    assert (words(there), there["created_at"]) == ("Nobody hears me", before["created_at"])
    # The bell rings for what comes from now on.
    after = await carla.post("Now they do")
    await dora.is_told_of(after["uri"], "status")
    assert len(await dora.get("/api/v1/notifications")) == 1


async def test_a_follow_that_the_other_side_lost_ends_with_the_next_post_for_followers(
    carla: Person, dora: Person, bob: Person, alpha: Server
) -> None:
    for follower in (dora, bob):
        await follower.follow(carla.handle)
    here = await dora.find(carla.handle)
    await behind_its_back(
        alpha,
        "api_gateway",
        """
        DELETE FROM social.follows f USING social.accounts a
        WHERE a.id = f.account_id AND a.username = 'dora' AND NOT a.is_local
        """,
    )
    posted = await carla.post("For my followers", visibility="private")
    await bob.sees(posted["uri"])

    async def follows() -> bool:
        return bool((await relation(dora, here))["following"])

    await eventually(follows, is_=False)
    assert (await relation(bob, await bob.find(carla.handle)))["following"]
