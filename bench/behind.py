"""What all together spend on an activity of another server: our roles, and PostgreSQL, RabbitMQ and Redis.

    PYTHONPATH=tests:bench .venv/bin/python bench/behind.py [activities of a kind]        (make bench-behind)

Unlike bench/inbound.py, which holds the worker still to measure each role alone, this lets inbox, timeline and delivery
run with their relays, and sums what each has used when all have come to rest. What they use while idle is taken off.
"""

import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import psutil
from inbound import DATABASE, Post, _settled, prepared
from measuring import ROOT, Process, answers, started

from inbox.settings import Settings
from native.infrastructure import Infrastructure
from native.ports import choose

KINDS = ("Create", "Like", "Announce")
ROLES = {
    "inbox http": ("inbox", "http"),
    "inbox worker": ("inbox", "worker"),
    "inbox relay": ("inbox", "relay"),
    "timeline worker": ("timeline", "worker"),
    "timeline relay": ("timeline", "relay"),
    "delivery worker": ("delivery", "worker"),
    "delivery relay": ("delivery", "relay"),
}
SERVERS = ("postgres", "rabbitmq", "redis")
REST = 0.02
"""Seconds of CPU in half a second, of all of our roles together, at which they are at rest."""


class Everything:
    """All that runs, and what it has used."""

    def __init__(self, infrastructure: Infrastructure, roles: dict[str, Process]) -> None:
        self._infrastructure = infrastructure
        self.roles = roles

    def used(self) -> dict[str, float]:
        servers = {name: self._of(name) for name in SERVERS}
        return {name: role.cpu() for name, role in self.roles.items()} | servers

    def _of(self, name: str) -> float:
        """With the processes that it has started, and those of them that have ended."""
        process = self._infrastructure.supervisor.watched[name].process
        assert process is not None
        root = psutil.Process(process.pid)
        total = sum(root.cpu_times()[:4])
        return total + sum(sum(child.cpu_times()[:2]) for child in root.children(recursive=True))

    async def rested(self) -> None:
        while True:
            before = sum(role.cpu() for role in self.roles.values())
            await asyncio.sleep(0.5)
            if sum(role.cpu() for role in self.roles.values()) - before < REST:
                return


def less(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {name: after[name] - before[name] for name in after}


async def spent(everything: Everything, post: Post, letters: list[Any]) -> dict[str, float]:
    """Microseconds of each for one of the letters."""
    before, begun = everything.used(), time.perf_counter()
    await post.deliver(everything.roles["inbox http"], letters, 202)
    await everything.rested()
    took = time.perf_counter() - begun
    busy, idle = less(everything.used(), before), everything.used()
    await asyncio.sleep(took)
    idle = less(everything.used(), idle)
    return {name: 1e6 * (busy[name] - idle[name]) / len(letters) for name in busy}


async def main(infrastructure: Infrastructure, count: int) -> None:
    environment = await prepared(infrastructure)
    settings = Settings(**{key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()})
    async with AsyncExitStack() as stack:
        elsewhere = await _settled(settings)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        roles = {}
        for (name, role), port in zip(ROLES.items(), choose(len(ROLES)), strict=True):
            command = [sys.executable, "-m", *role]
            more = environment | {"MURMURATION_HTTP_PORT": str(port)}
            roles[name] = stack.enter_context(started(name, command, more, port))
        for process in roles.values():
            await answers(session, process, "/ready")
        everything, post = Everything(infrastructure, roles), Post(session, None)
        for kind in ("Create", *KINDS):  # Everybody's key is in memory, and every statement prepared.
            await post.deliver(roles["inbox http"], elsewhere.letters(kind, 200 if kind == "Create" else 20), 202)
        await everything.rested()
        print(f"load average {os.getloadavg()[0]:.1f}, {count} of each, {DATABASE}")
        print(f"{'us of CPU':18}" + "".join(f"{kind:>10}" for kind in KINDS))
        found = [await spent(everything, post, elsewhere.letters(kind, count)) for kind in KINDS]
        for name in (*ROLES, *SERVERS):
            print(f"{name:18}" + "".join(f"{one[name]:10.0f}" for one in found))
        print(f"{'together':18}" + "".join(f"{sum(one.values()):10.0f}" for one in found))


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
        asyncio.run(main(infrastructure, wanted))
