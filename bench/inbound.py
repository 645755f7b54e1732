"""What an activity of another server costs our own processes, at the door and behind it, beside what it must cost.

    PYTHONPATH=tests:bench .venv/bin/python bench/inbound.py [activities of a kind] [rounds]     (make bench-inbound)

Signed activities of 200 servers whose keys are known go to inbox's HTTP process, while its worker is held still; then
the worker takes them. Both are processes of their own, and CPU is what the kernel says that their threads ran. The
floor of the door checks one RSA signature and publishes with a confirm; that of the worker inserts a row.
"""

import asyncio
import base64
import os
import signal
import statistics
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aio_pika
import aiohttp
import asyncpg
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from elsewhere import KINDS, Elsewhere, Letter, settle
from measuring import ROOT, Process, Statements, answers, started

from apcore import keys
from chassis.db import open_database
from inbox.settings import Settings
from native.infrastructure import Infrastructure
from native.ports import choose

DATABASE = "bench"
AT_ONCE = 8
COUNTED = 12
QUEUES = ("inbox.for_us", "inbox.at_large")
FLOOR_QUEUE = "bench.floor"

FLOOR_DOOR = """
import base64, sys, aiormq, uvicorn
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
port, amqp, key = sys.argv[1], sys.argv[2], serialization.load_pem_public_key(sys.argv[3].encode())
channel = None
properties = aiormq.spec.Basic.Properties(delivery_mode=2)
async def app(scope, receive, send):
    global channel
    if channel is None:
        channel = await (await aiormq.connect(amqp)).channel(publisher_confirms=True)
    if scope["method"] == "POST":
        body = (await receive())["body"]
        signature = base64.b64decode(dict(scope["headers"])[b"signature"])
        key.verify(signature, body, padding.PKCS1v15(), hashes.SHA256())
        await channel.basic_publish(body, routing_key="bench.floor", properties=properties)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
quiet = {"log_level": "error", "access_log": False, "lifespan": "off"}
uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", **quiet)
"""

FLOOR_WORKER = """
import asyncio, sys, aiormq, asyncpg, uvloop
async def main():
    pool = await asyncpg.create_pool(sys.argv[2], min_size=4, max_size=4)
    channel = await (await aiormq.connect(sys.argv[1])).channel()
    await channel.basic_qos(prefetch_count=40)
    async def take(message):
        await pool.execute("INSERT INTO floor (body) VALUES ($1)", message.body)
        await channel.basic_ack(message.delivery.delivery_tag)
    await channel.basic_consume("bench.floor", take)
    await asyncio.Event().wait()
uvloop.run(main())
"""


class Cost(msgspec.Struct, frozen=True):
    """Of one activity: microseconds of CPU, and how many went through in a second."""

    accept: float
    accepted: float
    process: float
    processed: float


class Post:
    """Carries letters to a door, and sees what waits behind it."""

    def __init__(self, session: aiohttp.ClientSession, channel: Any) -> None:
        self._session = session
        self._channel = channel

    async def deliver(self, door: Process, letters: list[Letter], expected: int) -> None:
        waiting = iter(letters)

        async def carry() -> None:
            for letter in waiting:
                async with self._session.post(
                    f"{door.url}/inbox", data=letter.body, headers=letter.headers, skip_auto_headers=["Content-Type"]
                ) as reply:
                    if reply.status != expected:
                        raise SystemExit(f"{reply.status} {await reply.text()}")

        await asyncio.gather(*(carry() for _ in range(AT_ONCE)))

    async def drained(self, worker: Process, queues: tuple[str, ...]) -> None:
        """Return once nothing waits and the worker has come to rest."""
        while sum(
            [(await self._channel.declare_queue(q, passive=True)).declaration_result.message_count for q in queues]
        ):
            await asyncio.sleep(0.02)
        while True:
            before = worker.cpu()
            await asyncio.sleep(0.1)
            if worker.cpu() - before < 0.002:
                return


async def cost_of(
    post: Post, door: Process, worker: Process, letters: list[Letter], queues: tuple[str, ...], expected: int
) -> Cost:
    worker.send(signal.SIGSTOP)
    spent, begun = door.cpu(), time.perf_counter()
    await post.deliver(door, letters, expected)
    accepting, taken = door.cpu() - spent, time.perf_counter() - begun
    spent, begun = worker.cpu(), time.perf_counter()
    worker.send(signal.SIGCONT)
    await post.drained(worker, queues)
    processing, worked = worker.cpu() - spent, time.perf_counter() - begun - 0.1
    count = len(letters)
    return Cost(accepting / count * 1e6, count / taken, processing / count * 1e6, count / worked)


def floor_letters(pair: keys.KeyPair, letters: list[Letter]) -> list[Letter]:
    key = keys.load_private(pair.private_pem)
    return [
        Letter(
            {"Signature": base64.b64encode(key.sign(one.body, padding.PKCS1v15(), hashes.SHA256())).decode()}, one.body
        )
        for one in letters
    ]


async def outcomes(session: aiohttp.ClientSession, worker: Process) -> dict[str, float]:
    async with session.get(f"{worker.url}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    found = (line.rpartition(" ") for line in lines if line.startswith("murmuration_inbox_activities_total{"))
    return {name.partition("{")[2].rstrip("}"): float(value) for name, _, value in found}


def table(costs: dict[str, list[Cost]], counted: dict[str, float]) -> str:
    rows = [f"{'middle of the rounds':22}{'accept us':>10}{'/s':>7}{'process us':>12}{'/s':>7}{'SQL':>6}"]
    for kind, found in costs.items():
        middle = [statistics.median(getattr(cost, field) for cost in found) for field in Cost.__struct_fields__]
        count = f"{counted[kind]:6.1f}" if kind in counted else ""
        rows.append(f"{kind:22}{middle[0]:10.0f}{middle[1]:7.0f}{middle[2]:12.0f}{middle[3]:7.0f}{count}")
    return "\n".join(rows)


async def main(infrastructure: Infrastructure, count: int, rounds: int) -> None:
    environment = await prepared(infrastructure)
    found: dict[str, Any] = {key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()}
    settings, pair = Settings(**found), keys.generate()
    ports = dict(zip(("http", "worker", "floor door", "floor worker"), choose(4), strict=True))
    superuser_url, amqp = infrastructure.superuser_url(DATABASE), settings.amqp_url.get_secret_value()
    commands = {role: [sys.executable, "-m", "inbox", role] for role in ("http", "worker")}
    commands["floor door"] = [sys.executable, "-c", FLOOR_DOOR, str(ports["floor door"]), amqp, pair.public_pem]
    commands["floor worker"] = [sys.executable, "-c", FLOOR_WORKER, amqp, superuser_url]
    async with AsyncExitStack() as stack:
        elsewhere = await _settled(settings)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=1))
        )
        superuser = await asyncpg.connect(superuser_url)
        stack.push_async_callback(superuser.close)
        await superuser.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, body bytea)")
        await superuser.execute("ANALYZE")
        channel = await (await stack.enter_async_context(await aio_pika.connect(amqp))).channel()
        for name in (*QUEUES, FLOOR_QUEUE):
            arguments = {"x-queue-type": "quorum"}
            queue = await channel.declare_queue(name, passive=name in QUEUES, durable=True, arguments=arguments)
            await queue.purge()
        processes = {
            name: stack.enter_context(
                started(name, command, environment | {"MURMURATION_HTTP_PORT": str(ports[name])}, ports[name])
            )
            for name, command in commands.items()
        }
        for name, path in (("http", "/ready"), ("worker", "/ready"), ("floor door", "/")):
            await answers(session, processes[name], path)
        post = Post(session, channel)
        costs = await _rounds(post, processes, elsewhere, pair, count, rounds)
        statements = Statements(superuser, infrastructure.home.log("postgres"))
        counted = {kind: await _counted(post, processes, elsewhere, statements, kind) for kind in KINDS}
        print(f"load average {os.getloadavg()[0]:.1f}, {rounds} rounds of {count} each")
        print(table(costs, counted))
        print(await outcomes(session, processes["worker"]))


async def _rounds(
    post: Post, processes: dict[str, Process], elsewhere: Elsewhere, pair: keys.KeyPair, count: int, rounds: int
) -> dict[str, list[Cost]]:
    door, worker = processes["http"], processes["worker"]
    costs: dict[str, list[Cost]] = {kind: [] for kind in ("floor", *KINDS)}
    for kind in ("Create", *KINDS):  # Everybody's key is in memory, and every statement prepared.
        await cost_of(post, door, worker, elsewhere.letters(kind, 200 if kind == "Create" else 20), QUEUES, 202)
    for _ in range(rounds):
        plain = floor_letters(pair, elsewhere.letters("Like", count))
        floor = processes["floor door"], processes["floor worker"]
        costs["floor"].append(await cost_of(post, *floor, plain, (FLOOR_QUEUE,), 200))
        for kind in KINDS:
            costs[kind].append(await cost_of(post, door, worker, elsewhere.letters(kind, count), QUEUES, 202))
    return costs


async def _counted(
    post: Post, processes: dict[str, Process], elsewhere: Elsewhere, statements: Statements, kind: str
) -> float:
    """Statements an activity, of the door and the worker together."""
    letters = elsewhere.letters("Create" if kind == "Delete" else kind, COUNTED)
    if kind == "Delete":
        await cost_of(post, processes["http"], processes["worker"], letters, QUEUES, 202)
        letters = elsewhere.letters(kind, COUNTED)
    async with statements.counted("inbox") as found:
        await cost_of(post, processes["http"], processes["worker"], letters, QUEUES, 202)
    return found[0] / COUNTED


async def _settled(settings: Settings) -> Elsewhere:
    async with (
        open_database(settings, role="api_gateway", schema="api_gateway") as gateway,
        open_database(settings, role="inbox", schema="inbox") as inbox,
    ):
        return await settle(gateway, inbox, settings.url)


async def prepared(infrastructure: Infrastructure) -> dict[str, str]:
    await infrastructure.drop_database(DATABASE)
    await infrastructure.create_database(DATABASE)
    environment = infrastructure.environment(DATABASE) | {
        "MURMURATION_DOMAIN": "ours.test",
        "MURMURATION_DEVELOPMENT": "true",
        "MURMURATION_SECRET_KEY": "secret",
        "MURMURATION_INTERNAL_SECRET": "internal",
        "MURMURATION_LOG_LEVEL": "WARNING",
    }
    migrating = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chassis.migrate", env=os.environ | environment
    )
    if await migrating.wait():
        raise SystemExit("the database could not be migrated")
    return environment


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    if kept := os.environ.get("MURMURATION_TEST_HOME"):
        asyncio.run(main(Infrastructure(Path(kept), running=True), wanted, times))
    else:
        with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
            asyncio.run(main(infrastructure, wanted, times))
