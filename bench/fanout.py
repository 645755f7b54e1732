"""What it costs to bring one post into the homes of everybody here who follows its author.

    PYTHONPATH=tests:bench .venv/bin/python bench/fanout.py [--followers N] [--posts N] [--rate N] [--seconds N]
        [--merged | --kill]        (make bench-fanout)

Starts PostgreSQL, RabbitMQ and Redis, api-gateway with its relay, and timeline: one worker, its relay, and its HTTP
process, each as a process of its own. Everybody has a home that our code built. Seconds count from the moment the
author asks for the post until the last home has it. Meanwhile followers read their homes, so many a second whether or
not the last one was answered, each counted from when it was due. CPU is what the kernel says that all threads ran. The
floor is the same ZADDs in bare pipelines. With --merged the author counts as widely followed: nothing is written then.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import msgspec
from crowd import WORDS
from homes import Run, Stand, arrived, floor, seed
from measuring import ROOT, Process, answers, children_of, cpu_of, migrated, parent_of, started

from native.infrastructure import Infrastructure
from native.ports import choose

DATABASE = "bench"
DOMAIN = "ours.test"
BEFORE_MERGING = 75.0
"""How long an author is marked before their posts are merged, and a little more."""


class Visits:
    """Followers who read their homes, as many a second as asked for, until the block ends."""

    def __init__(self, session: aiohttp.ClientSession, url: str, stand: Stand) -> None:
        self._session = session
        self._url = f"{url}/api/v1/timelines/home"
        self._stand = stand
        self.took: list[tuple[float, float]] = []
        """When a visit was due, and the seconds until it was answered."""

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._visit_all())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _visit_all(self) -> None:
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as visits:
            for number, token in enumerate(itertools.cycle(self._stand.readers)):
                due = begun + number / self._stand.run.rate
                await asyncio.sleep(due - time.perf_counter())
                visits.create_task(self._visit(token, due))

    async def _visit(self, token: str, due: float) -> None:
        async with self._session.get(self._url, headers={"Authorization": f"Bearer {token}"}) as reply:
            body = await reply.read()
            if reply.status != 200:
                raise SystemExit(f"home: {reply.status} {body[:300]!r}")
        self.took.append((due, time.perf_counter() - due))


def summary(times: Sequence[float]) -> tuple[float, float, str]:
    cuts = statistics.quantiles(times, n=100)
    p50, p99 = 1000 * cuts[49], 1000 * cuts[98]
    return p50, p99, f"{len(times):6} reads  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms"


class Pids:
    """Of the servers that ours stand on."""

    def __init__(self, redis: int, backend: int) -> None:
        self.redis = redis
        self._postmaster = parent_of(backend)

    def postgres(self) -> float:
        """Seconds of CPU of all backends that live."""
        return sum(cpu_of(pid) for pid in children_of(self._postmaster))


class Services:
    """Our processes, and what they and their servers have used."""

    def __init__(self, stack: AsyncExitStack, session: aiohttp.ClientSession, environment: dict[str, str]) -> None:
        self._stack = stack
        self._session = session
        self._environment = environment

    async def start(self, service: str, role: str) -> Process:
        port = choose(1)[0]
        environment = self._environment | {"MURMURATION_HTTP_PORT": str(port)}
        command = [sys.executable, "-m", service, role]
        process = self._stack.enter_context(started(f"{service} {role}", command, environment, port))
        await answers(self._session, process, "/ready")
        return process


async def post(session: aiohttp.ClientSession, gateway: Process, stand: Stand, text: str) -> int:
    headers = {"Authorization": f"Bearer {stand.author}"}
    async with session.post(f"{gateway.url}/api/v1/statuses", json={"status": text}, headers=headers) as reply:
        if reply.status != 200:
            raise SystemExit(f"post: {reply.status} {await reply.text()}")
        return int((await reply.json())["id"])


async def written(
    session: aiohttp.ClientSession, stand: Stand, gateway: Process, timeline: Process, worker: Process, pids: Pids
) -> None:
    """Posts one after the other, each begun when the last one is in all homes; then the same time without any."""
    run = stand.run
    visits = Visits(session, timeline.url, stand)
    spans: list[tuple[float, float]] = []
    used = [0.0, 0.0, 0.0]
    async with visits.going_on():
        await asyncio.sleep(3)
        calm = time.perf_counter()
        await asyncio.sleep(run.seconds)
        calmed = time.perf_counter()
        for number in range(run.posts):
            before = (worker.cpu(), cpu_of(pids.redis), pids.postgres())
            begun = time.perf_counter()
            await arrived(stand, await post(session, gateway, stand, f"Swifts over the city, part {number}. {WORDS}"))
            spans.append((begun, time.perf_counter()))
            after = (worker.cpu(), cpu_of(pids.redis), pids.postgres())
            used = [sum_ + now - past for sum_, now, past in zip(used, after, before, strict=True)]
            await asyncio.sleep(2)
    own, redis, postgres = (1e6 * seconds / run.followers / run.posts for seconds in used)
    lasted = [end - begin for begin, end in spans]
    print(
        f"{'fan-out':8}{statistics.median(lasted):8.2f} s  {own:7.1f} us a feed  redis {redis:5.1f} us a feed  "
        f"postgres {postgres:5.1f} us a feed  longest {max(lasted):.2f} s  rss {worker.peak():.0f} MB"
    )
    idle = [took for due, took in visits.took if calm <= due < calmed]
    busy = [took for due, took in visits.took if any(begin <= due < end for begin, end in spans)]
    (_, idle99, text), (_, busy99, meanwhile) = summary(idle), summary(busy)
    print(f"{'idle':8}{text}\n{'then':8}{meanwhile}  p99 {busy99 / idle99:.2f} times that of idle")


async def merged(
    session: aiohttp.ClientSession, stand: Stand, gateway: Process, timeline: Process, worker: Process
) -> None:
    """The author becomes widely followed; what a read of home costs before and after."""

    async def reading(name: str) -> None:
        visits = Visits(session, timeline.url, stand)
        before = timeline.cpu()
        async with visits.going_on():
            await asyncio.sleep(stand.run.seconds)
        cpu = 1e6 * (timeline.cpu() - before) / len(visits.took)
        print(f"{name:8}{summary([took for _, took in visits.took])[2]}  {cpu:6.0f} us of CPU a read")

    # Every connection to the database plans a statement a few times before it keeps a plan.
    await reading("warming")
    await reading("written")
    await arrived(stand, await post(session, gateway, stand, f"The last one that is written. {WORDS}"))
    await asyncio.sleep(BEFORE_MERGING)
    before, begun = worker.cpu(), time.perf_counter()
    posts = [await post(session, gateway, stand, f"Merged at read time, part {n}. {WORDS}") for n in range(10)]
    await shown(session, timeline, stand, posts[-1])
    await asyncio.sleep(2)
    seconds, cpu = time.perf_counter() - begun - 2, worker.cpu() - before
    print(f"{'posting':8}{seconds:8.2f} s until the last of 10 is shown  {1000 * cpu / 10:.0f} ms of CPU a post")
    await reading("warming")
    await reading("merged")


async def interrupted(
    session: aiohttp.ClientSession, stand: Stand, gateway: Process, worker: Process, services: Services
) -> None:
    """The worker is killed again and again while a post goes out, and another is started."""
    arriving = asyncio.create_task(arrived(stand, await post(session, gateway, stand, f"Nothing gets lost. {WORDS}")))
    begun, kills = time.perf_counter(), 0
    while not arriving.done():
        await asyncio.wait([arriving], timeout=2)
        if not arriving.done():
            worker.kill()
            kills += 1
            worker = await services.start("timeline", "worker")
    await arriving
    print(f"all homes have it after {kills} kills and {time.perf_counter() - begun:.1f} s")


async def shown(session: aiohttp.ClientSession, timeline: Process, stand: Stand, post: int) -> None:
    headers = {"Authorization": f"Bearer {stand.readers[0]}"}
    for _ in range(1000):
        async with session.get(f"{timeline.url}/api/v1/timelines/home?limit=1", headers=headers) as reply:
            if [int(status["id"]) for status in await reply.json()] == [post]:
                return
        await asyncio.sleep(0.01)
    raise SystemExit("it is not shown")


async def main(infrastructure: Infrastructure, run: Run) -> None:
    environment = await migrated(infrastructure, DATABASE, DOMAIN)
    if run.merged:
        environment["MURMURATION_MERGED_ABOVE"] = str(run.followers // 2)
    async with AsyncExitStack() as stack:
        superuser = await asyncpg.connect(infrastructure.superuser_url(DATABASE))
        stack.push_async_callback(superuser.close)
        stand = await seed(environment, superuser, run)
        await stack.enter_async_context(stand.redis)
        found = await stand.redis.info("server")
        pids = Pids(found["process_id"], superuser.get_server_pid())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        services = Services(stack, session, environment)
        print(f"load average {os.getloadavg()[0]:.1f}, {msgspec.structs.asdict(run)}")
        least = await floor(stand, pids.redis)
        print(f"{'floor':8}{least}", flush=True)
        await services.start("api_gateway", "relay")
        await services.start("timeline", "relay")
        gateway, timeline = [await services.start(name, "http") for name in ("api_gateway", "timeline")]
        worker = await services.start("timeline", "worker")
        if run.kill:
            await interrupted(session, stand, gateway, worker, services)
        elif run.merged:
            await merged(session, stand, gateway, timeline, worker)
        else:
            await written(session, stand, gateway, timeline, worker, pids)


def wanted() -> Run:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=5)
    parser.add_argument("--length", type=int, default=200, help="how many posts each home holds at first")
    parser.add_argument("--rate", type=int, default=40, help="home reads a second")
    parser.add_argument("--seconds", type=int, default=25, help="for how long homes are read while nothing is posted")
    parser.add_argument("--merged", action="store_true", help="what reading costs when the author is merged into homes")
    parser.add_argument("--kill", action="store_true", help="kill the worker while a post goes out, and start another")
    return Run(**vars(parser.parse_args()))


if __name__ == "__main__":
    if kept := os.environ.get("MURMURATION_TEST_HOME"):
        asyncio.run(main(Infrastructure(Path(kept), running=True), wanted()))
    else:
        with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
            asyncio.run(main(infrastructure, wanted()))
