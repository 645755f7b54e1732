"""What open streams cost: connecting, being idle, posts that reach many or a few each, and clients that do not read.

    PYTHONPATH=tests:bench .venv/bin/python bench/streaming.py [--sockets N] [--seconds N]       (make bench-streaming)

Starts PostgreSQL, RabbitMQ and Redis; timeline's HTTP process, its worker and relay, and api-gateway's relay as
processes of their own; and one that plays all clients (bench/listeners.py). A post counts from its COMMIT to its
arrival in a client. CPU and memory are the HTTP process's. The floor is a bare websockets server.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import asyncpg
import msgspec
from audience import TAG, App, Audience, gather
from measuring import ROOT, Process, answers, migrated, started
from redis.asyncio import Redis

from chassis.db import open_database
from chassis.settings import Settings
from native.infrastructure import Infrastructure
from native.ports import choose

DATABASE, DOMAIN = "bench", "ours.test"
POSTS = 5
A_SECOND = 50
DEAF = 20
PATIENCE_SECONDS = 30
DEAFS_PATIENCE_SECONDS = 75
"""Longer than a ping and its answer may take together."""

FLOOR = """
import asyncio, sys, uvloop
from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosed
async def main():
    everybody = set()
    async def talk(socket):
        everybody.add(socket)
        try:
            while True:
                broadcast(everybody - {socket}, await socket.recv())
        except ConnectionClosed:
            everybody.discard(socket)
    async def answer(connection, request):
        return connection.respond(200, "") if request.path == "/" else None
    async with serve(talk, "127.0.0.1", int(sys.argv[1]), process_request=answer, compression=None, ping_interval=30):
        await asyncio.Event().wait()
uvloop.run(main())
"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    sockets: int
    seconds: int


class Listeners:
    """The process that plays all clients."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    async def ask(self, do: str, **more: Any) -> dict[str, Any]:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        answer = await self._child.stdout.readline()
        if not answer:
            raise SystemExit("the listeners have died")
        found: dict[str, Any] = json.loads(answer)
        return found

    async def connect(self, apps: Sequence[App], *, small: bool = False) -> None:
        await self.ask("connect", who=[(app.token, app.frames) for app in apps], small=small)

    async def all_heard(self, wanted: dict[int, int]) -> dict[str, Any]:
        """The report once each post came in so often."""
        for _ in range(PATIENCE_SECONDS * 4):
            report = await self.ask("report")
            if all(len(report["arrivals"].get(str(post), ())) >= count for post, count in wanted.items()):
                return report
            await asyncio.sleep(0.25)
        missing = sum(len(report["arrivals"].get(str(post), ())) < count for post, count in wanted.items())
        print(f"{missing} of {len(wanted)} posts did not arrive everywhere; closed: {report['closed']}", flush=True)
        return report


class Stand:
    """What the benchmark stands on."""

    def __init__(self, run: Run, server: Process, worker: Process, audience: Audience, redis: Redis) -> None:
        self.run = run
        self.server = server
        self.worker = worker
        self.audience = audience
        self.redis = redis

    async def listening(self, wanted: int) -> None:
        """Return once Redis has so many people's subscriptions."""
        for _ in range(PATIENCE_SECONDS * 50):
            if len(await self.redis.pubsub_channels("stream:user:*")) == wanted:
                return
            await asyncio.sleep(0.02)
        raise SystemExit(f"{len(await self.redis.pubsub_channels('stream:user:*'))} of {wanted} listen")

    async def rested(self) -> None:
        """Return once the server has nothing left to do."""
        while True:
            before = self.server.cpu()
            await asyncio.sleep(0.2)
            if self.server.cpu() - before < 0.01:
                return


def spread(waits: Sequence[float]) -> str:
    cuts = statistics.quantiles(waits, n=100)
    return f"p50 {1000 * cuts[49]:6.0f} ms, p99 {1000 * cuts[98]:6.0f} ms, last {1000 * max(waits):6.0f} ms"


def line(name: str, text: str) -> None:
    print(f"{name:27}{text}", flush=True)


async def connecting(stand: Stand, listeners: Listeners, name: str) -> None:
    apps, server = stand.audience.apps, stand.server
    spent, had, begun = server.cpu(), server.memory(), time.perf_counter()
    await listeners.connect(apps[:-DEAF])
    await listeners.connect(apps[-DEAF:], small=True)
    await stand.listening(len(apps))
    took = time.perf_counter() - begun
    await stand.rested()
    cpu, kilobytes = (server.cpu() - spent) / len(apps), (server.memory() - had) * 1024 / len(apps)
    line(name, f"{len(apps) / took:6.0f} a second, {cpu * 1e6:6.0f} us each, {kilobytes:5.1f} kB of memory each")


async def leaving(stand: Stand, listeners: Listeners) -> None:
    server, count = stand.server, len(stand.audience.apps)
    spent, begun = server.cpu(), time.perf_counter()
    await listeners.ask("hang up")
    await stand.listening(0)
    took = time.perf_counter() - begun
    line("all leave at once", f"{took:6.1f} s, {(server.cpu() - spent) / count * 1e6:6.0f} us each")


async def idling(stand: Stand, listeners: Listeners) -> None:
    await listeners.ask("forget")
    spent, begun = stand.server.cpu(), time.perf_counter()
    await asyncio.sleep(stand.run.seconds)
    share = (stand.server.cpu() - spent) / (time.perf_counter() - begun)
    report = await listeners.ask("report")
    line("idle", f"{100 * share:6.2f} % of a core, {report['pings']} pings in {stand.run.seconds} s")


async def measured(
    stand: Stand, listeners: Listeners, name: str, post: Callable[[], Awaitable[list[tuple[int, float, int]]]]
) -> None:
    """What `post` says arrives; it tells each post's id, when it was committed, and how often it shall come."""
    await listeners.ask("forget")
    spent, worked = stand.server.cpu(), stand.worker.cpu()
    posted = await post()
    report = await listeners.all_heard({status: count for status, _, count in posted})
    await stand.rested()
    waits = [at - committed for status, committed, _ in posted for at in report["arrivals"].get(str(status), ())]
    cpu, working = stand.server.cpu() - spent, stand.worker.cpu() - worked
    size = report["bytes"] / len(waits)
    line(
        name,
        f"{spread(waits)}, {cpu / len(waits) * 1e6:5.0f} us and {size:5.0f} bytes each of {len(waits)},"
        f" worker {working / len(waits) * 1e6:4.0f} us",
    )


async def to_everybody(stand: Stand, listeners: Listeners) -> None:
    """One author after the other's posts reach all, some of them on two streams."""
    audience = stand.audience
    times = sum(1 + len(app.frames) for app in audience.apps)

    async def post() -> list[tuple[int, float, int]]:
        posted = []
        for _ in range(POSTS):
            status, committed = await audience.post(audience.star, TAG)
            posted.append((status, committed, times))
            await listeners.all_heard({status: times})
        return posted

    await measured(stand, listeners, "a post to everybody", post)


async def to_some(stand: Stand, listeners: Listeners) -> None:
    """Many authors post, each to their own."""
    audience = stand.audience
    times = len(audience.apps) // len(audience.authors)

    async def post() -> list[tuple[int, float, int]]:
        posted, begun = [], time.perf_counter()
        for number in range(A_SECOND * stand.run.seconds // 4):
            await asyncio.sleep(begun + number / A_SECOND - time.perf_counter())
            status, committed = await audience.post(audience.authors[number % len(audience.authors)])
            posted.append((status, committed, times))
        late = time.perf_counter() - begun - (number + 1) / A_SECOND
        line("", f"the last of {number + 1} posts was written {max(0, late):.1f} s late")
        return posted

    await measured(stand, listeners, f"{A_SECOND} posts a second", post)


async def unread(stand: Stand, listeners: Listeners) -> None:
    """One author says a lot; then again, while some of whoever follows do not read."""
    audience, server = stand.audience, stand.server
    hearing = sum(1 + len(app.frames) for app in audience.apps[:-DEAF])

    async def post() -> list[tuple[int, float, int]]:
        posted = []
        for _ in range(stand.run.seconds * 2):
            posted.append((*await audience.post(audience.star, TAG), hearing))
            await asyncio.sleep(0.5)
        return posted

    for deaf in (0, DEAF):
        if deaf:
            await listeners.ask("deafen", count=deaf)
        before = server.memory()
        await measured(stand, listeners, f"two posts a second, {deaf} deaf", post)
        line("", f"{server.memory() - before:6.1f} MB more memory")
    await asyncio.sleep(DEAFS_PATIENCE_SECONDS)
    left = len(await stand.redis.pubsub_channels("stream:user:*")) - len(audience.apps) + DEAF
    line("", f"{left} of the deaf are still served {DEAFS_PATIENCE_SECONDS} s later")


async def floor(run: Run, server: Process, listeners: Listeners, size: int) -> None:
    """The same number of sockets, and as many bytes to each."""
    had, spent, begun = server.memory(), server.cpu(), time.perf_counter()
    await listeners.connect([App("x", [])] * run.sockets)
    took, cpu = time.perf_counter() - begun, (server.cpu() - spent) / run.sockets
    kilobytes = (server.memory() - had) * 1024 / run.sockets
    line("floor: connecting", f"{run.sockets / took:6.0f} a second, {cpu * 1e6:6.0f} us each, {kilobytes:5.1f} kB each")
    waits: list[float] = []
    spent = server.cpu()
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{server.url}/say") as mouth:
        for number in range(POSTS):
            said = json.dumps({"id": str(number), "content": "x" * size}, separators=(",", ":"))
            committed = time.time()
            await mouth.send_str(json.dumps({"payload": said}, separators=(",", ":")))
            report = await listeners.all_heard({number: run.sockets})
            waits += [at - committed for at in report["arrivals"][str(number)]]
    line("floor: a post", f"{spread(waits)}, {(server.cpu() - spent) / len(waits) * 1e6:5.0f} us each")


async def listening(stack: AsyncExitStack, port: int) -> Listeners:
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    command = [sys.executable, str(ROOT / "bench" / "listeners.py"), str(port)]
    child = await asyncio.create_subprocess_exec(*command, **pipes, limit=2**27)
    stack.push_async_callback(child.wait)
    stack.callback(child.terminate)
    return Listeners(child)


async def running(stack: AsyncExitStack, environment: dict[str, str], port: int, *command: str) -> Process:
    full = [sys.executable, *command]
    process = stack.enter_context(started(command[1], full, environment | {"MURMURATION_HTTP_PORT": str(port)}, port))
    async with aiohttp.ClientSession() as session:
        await answers(session, process, "/" if command[0] == "-c" else "/ready")
    return process


async def main(infrastructure: Infrastructure, run: Run) -> None:
    environment = await migrated(infrastructure, DATABASE, DOMAIN)
    settings = Settings(**{key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()})
    ports = choose(5)
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(open_database(settings, role="api_gateway", schema="api_gateway"))
        superuser = await asyncpg.connect(infrastructure.superuser_url(DATABASE))
        stack.push_async_callback(superuser.close)
        audience = await gather(gateway, superuser, run.sockets)
        await running(stack, environment, ports[0], "-m", "api_gateway", "relay")
        await running(stack, environment, ports[1], "-m", "timeline", "relay")
        worker = await running(stack, environment, ports[2], "-m", "timeline", "worker")
        server = await running(stack, environment, ports[3], "-m", "timeline", "http")
        bare = await running(stack, environment, ports[4], "-c", FLOOR, str(ports[4]))
        redis = await stack.enter_async_context(Redis.from_url(settings.redis_url.get_secret_value()))
        stand = Stand(run, server, worker, audience, redis)
        listeners = await listening(stack, ports[3])
        print(f"load average {os.getloadavg()[0]:.1f}, {msgspec.structs.asdict(run)}")
        await connecting(stand, listeners, "connecting, feeds built")
        await leaving(stand, listeners)
        await connecting(stand, listeners, "connecting again")
        await idling(stand, listeners)
        await to_everybody(stand, listeners)
        await to_some(stand, listeners)
        await unread(stand, listeners)
        await floor(run, bare, await listening(stack, ports[4]), 3000)


def wanted() -> Run:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=40, help="how long streams stay idle; the rest follows from it")
    return Run(**vars(parser.parse_args()))


if __name__ == "__main__":
    with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
        asyncio.run(main(infrastructure, wanted()))
