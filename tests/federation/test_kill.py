"""A process dies in the middle of things: nothing is lost and nothing happens twice."""

import asyncio

import httpx
import pytest
from federation.world import Person
from waiting import eventually

from native.server import Server

POSTS = 200
AT_A_TIME = 8


async def post_stubbornly(person: Person, text: str) -> str:
    """Post as an app does: again with the same key until there is an answer."""
    headers = {"Idempotency-Key": text}
    async with asyncio.timeout(120):
        while True:
            try:
                reply = await person.client.post("/api/v1/statuses", json={"status": text}, headers=headers)
            except httpx.TransportError:
                continue
            if reply.status_code == 200:
                return str(reply.json()["uri"])
            assert reply.status_code in (502, 503, 504), reply.text
            await asyncio.sleep(0.2)


async def all_of(person: Person, author_id: str) -> list[str]:
    """Every status of the author that the person's server knows, newest first."""
    found: list[str] = []
    oldest = ""
    while True:
        page = await person.get(
            f"/api/v1/accounts/{author_id}/statuses", limit=40, **({"max_id": oldest} if oldest else {})
        )
        if not page:
            return found
        found += [status["uri"] for status in page]
        oldest = page[-1]["id"]


@pytest.mark.parametrize("service", ["api-gateway", "delivery", "inbox", "timeline", "media", "moderation"])
async def test_every_post_crosses_once_although_a_service_is_killed(
    alpha: Server, beta: Server, alice: Person, bob: Person, service: str
) -> None:
    victim = beta if service in ("inbox", "timeline") else alpha
    turns = asyncio.Semaphore(AT_A_TIME)
    posted = 0

    async def one(number: int) -> str:
        nonlocal posted
        async with turns:
            uri = await post_stubbornly(alice, f"{service} {number}")
            posted += 1
            return uri

    async def kill_in_the_middle() -> None:
        await eventually(lambda: _soon(posted >= POSTS // 4))
        await asyncio.to_thread(victim.kill, service)

    uris, _ = await asyncio.gather(asyncio.gather(*map(one, range(POSTS))), kill_in_the_middle())
    wanted = set(uris)
    assert len(wanted) == POSTS
    author = (await bob.find(alice.handle))["id"]

    async def missing() -> int:
        return len(wanted - set(await all_of(bob, author)))

    # The third retry of one that failed thrice comes after two minutes.
    await eventually(missing, is_=0, within=180)
    arrived = await all_of(bob, author)
    assert len(arrived) == len(set(arrived))


async def _soon(holds: bool) -> bool:
    return holds
