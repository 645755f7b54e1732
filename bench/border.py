"""How long a post on one server takes into a home timeline on another, and its deletion out of it.

    PYTHONPATH=tests .venv/bin/python bench/border.py [posts]

Starts two whole servers over TLS on this machine, lets two people follow each other, and prints medians.
"""

import asyncio
import shutil
import statistics
import sys
import time
from pathlib import Path

from federation.world import Person, open_person
from servers import described

from native.ports import choose
from native.server import Server

RUN = Path(__file__).parents[1] / ".run"


async def until(person: Person, uri: str, *, there: bool) -> None:
    while any(status["uri"] == uri for status in await person.home()) is not there:
        await asyncio.sleep(0.005)


async def measure(alice: Person, bob: Person, posts: int) -> tuple[list[float], list[float]]:
    arrivals, departures = [], []
    for number in range(posts):
        started = time.perf_counter()
        posted = await alice.post(f"number {number}")
        await until(bob, posted["uri"], there=True)
        arrivals.append(time.perf_counter() - started)
        started = time.perf_counter()
        await alice.delete(posted)
        await until(bob, posted["uri"], there=False)
        departures.append(time.perf_counter() - started)
    return arrivals, departures


async def main(servers: list[Server], posts: int) -> None:
    async with open_person("alice", servers[0]) as alice, open_person("bob", servers[1]) as bob:
        await bob.follow(alice.handle)
        for name, times in zip(("arrival", "deletion"), await measure(alice, bob, posts), strict=True):
            shown = [f"{1000 * value:.0f}" for value in (statistics.median(times), min(times), max(times))]
            print(f"{name:9} median {shown[0]} ms, best {shown[1]} ms, worst {shown[2]} ms, of {posts}")


if __name__ == "__main__":
    started = [
        Server(described(name, port), RUN / f"bench-{name}")
        for name, port in zip(("alpha", "beta"), choose(2), strict=True)
    ]
    try:
        for server in started:
            server.start(bound=True)
        asyncio.run(main(started, int(sys.argv[1]) if len(sys.argv) > 1 else 20))
    finally:
        for server in started:
            server.stop()
            shutil.rmtree(server.home.folder, ignore_errors=True)
