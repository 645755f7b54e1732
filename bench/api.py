"""What one request costs our own processes: CPU, SQL statements and time, beside the least that it could cost.

    PYTHONPATH=tests:bench .venv/bin/python bench/api.py [requests] [names]        (make bench-api)

Starts PostgreSQL, RabbitMQ and Redis, fills a home, and runs api-gateway and timeline as their own processes, with rate
limits counted and traces off. CPU is what the kernel says that all threads of the serving process ran, not time that
passed. The floor is uvicorn with one route in bare ASGI that fetches one row through asyncpg, asked the same way.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import asyncpg
import msgspec
from crowd import Crowd, gather, open_stage
from measuring import ROOT, Process, Statements, answers, migrated, started

from native.infrastructure import Infrastructure
from native.ports import choose

DATABASE = "bench"
WARMING = 15
AT_ONCE = 8
"""Requests under way while a busy process is measured."""
DOMAIN = "ours.test"

FLOOR = """
import sys, asyncpg, uvicorn
pool = None
async def app(scope, receive, send):
    global pool
    if scope["type"] != "http":
        return
    if pool is None:
        pool = await asyncpg.create_pool(sys.argv[2], min_size=1, max_size=4)
    row = await pool.fetchrow("SELECT id, username, domain, display_name FROM social.accounts WHERE id = $1", -99)
    body = str(tuple(row or ())).encode()
    head = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
quiet = {"log_level": "error", "access_log": False, "lifespan": "off"}
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", **quiet)
"""


class Target(msgspec.Struct, frozen=True):
    """What is asked, and of which process."""

    name: str
    service: str
    path: str
    method: str = "GET"


class Cost(msgspec.Struct, frozen=True):
    cpu: float
    """Microseconds a request, asked one after the other."""
    busy: float
    """The same with several requests under way."""
    statements: int | None
    p50: float
    p99: float
    size: int


async def busy(process: Process, ask: Callable[[], Awaitable[int]], requests: int) -> float:
    """Seconds of CPU for a request while others come in: one that sleeps in between pays for waking up cold."""
    left = iter(range(requests))

    async def strand() -> None:
        for _ in left:
            await ask()

    before = process.cpu()
    await asyncio.gather(*(strand() for _ in range(AT_ONCE)))
    return (process.cpu() - before) / requests


async def measure(
    session: aiohttp.ClientSession, process: Process, target: Target, requests: int, statements: Statements | None
) -> Cost:
    async def ask() -> int:
        posted = (
            {"status": f"Said at {time.time_ns()}, to nobody in particular #Birds"} if target.method == "POST" else None
        )
        async with session.request(target.method, process.url + target.path, json=posted) as reply:
            body = await reply.read()
            if reply.status != 200:
                raise SystemExit(f"{target.name}: {reply.status} {body[:300]!r}")
            return len(body)

    # Every connection to the database plans a statement a few times before it keeps a plan.
    await busy(process, ask, WARMING * AT_ONCE)
    size = await ask()
    times = []
    before = process.cpu()
    for _ in range(requests):
        begun = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - begun)
    cpu = (process.cpu() - before) / requests
    cpu_busy = await busy(process, ask, requests)
    found: list[int] = []
    if statements is not None:
        async with statements.counted(target.service.replace("-", "_")) as found:
            await ask()
    cuts = statistics.quantiles(times, n=100)
    return Cost(cpu * 1e6, cpu_busy * 1e6, found[0] if found else None, cuts[49] * 1e3, cuts[98] * 1e3, size)


def targets(crowd: Crowd) -> list[Target]:
    return [
        Target("home of 20", "timeline", "/api/v1/timelines/home"),
        Target("notifications of 40", "timeline", "/api/v1/notifications?limit=40"),
        Target("notifications of 15", "timeline", "/api/v1/notifications?limit=15"),
        Target("groups of 40", "timeline", "/api/v2/notifications?limit=40"),
        Target("public timeline", "timeline", "/api/v1/timelines/public"),
        Target("context, 20 replies", "api-gateway", f"/api/v1/statuses/{crowd.status}/context"),
        Target("single status", "api-gateway", f"/api/v1/statuses/{crowd.status}"),
        Target("account statuses", "api-gateway", f"/api/v1/accounts/{crowd.author.id}/statuses"),
        Target("post", "api-gateway", "/api/v1/statuses", "POST"),
    ]


def table(costs: dict[str, Cost]) -> str:
    rows = [f"{'':22}{'CPU us':>8}{'busy':>8}{'SQL':>5}{'p50 ms':>9}{'p99 ms':>9}{'bytes':>9}"]
    for name, cost in costs.items():
        count = "" if cost.statements is None else cost.statements
        rows.append(f"{name:22}{cost.cpu:8.0f}{cost.busy:8.0f}{count:>5}{cost.p50:9.2f}{cost.p99:9.2f}{cost.size:9}")
    return "\n".join(rows)


async def fill(environment: dict[str, str]) -> Crowd:
    async with open_stage(environment) as stage:
        return await gather(stage)


async def main(infrastructure: Infrastructure, requests: int, names: list[str]) -> None:
    environment = await migrated(infrastructure, DATABASE, DOMAIN)
    crowd = await fill(environment)
    ports = dict(zip(("timeline", "api-gateway", "floor"), choose(3), strict=True))
    commands = {name: [sys.executable, "-m", name.replace("-", "_"), "http"] for name in ("timeline", "api-gateway")}
    commands["floor"] = [sys.executable, "-c", FLOOR, str(ports["floor"]), infrastructure.superuser_url(DATABASE)]
    async with AsyncExitStack() as stack:
        headers = {"Authorization": f"Bearer {crowd.token}"}
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        superuser = await asyncpg.connect(infrastructure.superuser_url(DATABASE))
        stack.push_async_callback(superuser.close)
        await superuser.execute("ANALYZE")
        statements = Statements(superuser, infrastructure.home.log("postgres"))
        processes = {
            name: stack.enter_context(
                started(name, command, environment | {"MURMURATION_HTTP_PORT": str(ports[name])}, ports[name])
            )
            for name, command in commands.items()
        }
        for name, process in processes.items():
            await answers(session, process, "/" if name == "floor" else "/ready")
        costs = {"floor": await measure(session, processes["floor"], Target("floor", "floor", "/"), requests, None)}
        for target in targets(crowd):
            if names and target.name not in names:
                continue
            costs[target.name] = await measure(session, processes[target.service], target, requests, statements)
    print(f"load average {os.getloadavg()[0]:.1f}, {requests} requests each")
    print(table(costs))


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    names = sys.argv[2:]
    if kept := os.environ.get("MURMURATION_TEST_HOME"):
        asyncio.run(main(Infrastructure(Path(kept), running=True), wanted, names))
    else:
        with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
            asyncio.run(main(infrastructure, wanted, names))
