"""What it costs to bring a post to thousands of servers, beside the least that it could cost.

    PYTHONPATH=tests:bench .venv/bin/python bench/outbound.py [--hosts N] [--posts N] [--workers N] [--tls]
        [--sick | --kill | --reply]        (make bench-delivery)

Starts PostgreSQL, RabbitMQ and Redis, the relays and the given number of delivery workers as processes of their own,
and a sink that plays all the servers (bench/sink.py). CPU is what the kernel says that all threads of the workers ran;
arrival counts from the COMMIT of the post. The floor is bench/postbox.py, to the same sink.
"""

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec
import trustme
from measuring import ROOT, Process, answers, migrated, started
from people import a_local_account

from apcore import keys
from chassis.db import Database, open_database
from chassis.settings import Settings
from contracts.ids import AccountId
from native.infrastructure import Infrastructure
from native.ports import choose
from social.accounts.model import Account
from social.addresses import Addresses
from social.statuses import actions
from social.statuses.model import Draft

DATABASE = "bench"
DOMAIN = "ours.test"
FLOOR_POSTS = 2000
AT_ONCE = 64
PATIENCE_SECONDS = 600

CROWD = """
INSERT INTO social.accounts (username, domain, is_local, uri, inbox_url, shared_inbox_url)
SELECT 'follower' || n, 'h' || n || '.peers.localhost', false, origin.url || '/users/f',
    origin.url || '/users/f/inbox', origin.url || '/inbox'
FROM generate_series($1::int, $2::int) AS n, LATERAL (SELECT replace($3, 'h0.', 'h' || n || '.') AS url) AS origin
"""
FOLLOWING = """
INSERT INTO social.follows (account_id, target_id, uri)
SELECT id, $1::bigint, uri || '#follow' FROM social.accounts WHERE domain LIKE 'h%.peers.localhost'
"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    hosts: int
    posts: int
    workers: int
    tls: bool
    sick: bool
    kill: bool
    reply: bool


class Stand:
    """What the benchmark stands on: a database with an author and followers, and the sink."""

    def __init__(
        self,
        run: Run,
        origin: str,
        author: Account,
        friend: AccountId,
        pair: keys.KeyPair,
        gateway: Database,
        session: aiohttp.ClientSession,
    ) -> None:
        self.run = run
        self.origin = origin
        self.author = author
        self.friend = friend
        self.pair = pair
        self.gateway = gateway
        self._session = session

    async def steer(self, path: str, data: bytes = b"") -> Any:
        address = self.origin.replace("h0.peers.localhost", "127.0.0.1")
        async with self._session.post(address + path, data=data) as reply:
            return await reply.json(content_type=None)

    async def post(self, text: str, to: AccountId | None = None) -> tuple[str, float]:
        """The activity's id, and when the post was committed."""
        addresses = Addresses(f"https://{DOMAIN}", DOMAIN)
        async with self.gateway.transaction() as tx:
            now = await tx.fetchval("SELECT now()")
            draft = Draft(
                content=f"<p>{text}</p>",
                text=text,
                visibility="direct" if to else "public",
                mentions=(to,) if to else (),
                created_at=now,
            )
            status = await actions.post(tx, addresses, self.author, draft)
        assert status is not None
        return f"{status.uri}/activity", time.time()


@asynccontextmanager
async def open_stand(
    run: Run, infrastructure: Infrastructure, environment: dict[str, str], origin: str
) -> AsyncIterator[Stand]:
    settings = Settings(**{key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()})
    pair = keys.generate()
    async with (
        open_database(settings, role="api_gateway", schema="api_gateway") as gateway,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session,
    ):
        async with gateway.transaction() as tx:
            author = await a_local_account(tx, "author", addresses=Addresses(settings.url, settings.domain), pair=pair)
        superuser = await asyncpg.connect(infrastructure.superuser_url(DATABASE))
        await superuser.execute(CROWD, 0, run.hosts - 1, origin)
        await superuser.execute(FOLLOWING, author.id)
        await superuser.execute("ANALYZE")
        friend = await superuser.fetchval("SELECT id FROM social.accounts WHERE username = 'follower7'")
        await superuser.close()
        yield Stand(run, origin, author, friend, pair, gateway, session)


async def all_arrived(stand: Stand, activities: Sequence[str], wanted: int) -> dict[str, Any]:
    """The sink's report once each activity came to so many hosts."""
    for _ in range(PATIENCE_SECONDS * 2):
        report: dict[str, Any] = await stand.steer("/report")
        known = report["activities"]
        if all(known.get(activity, {"hosts": 0})["hosts"] >= wanted for activity in activities):
            return report
        await asyncio.sleep(0.5)
    raise SystemExit(f"not everything arrived: {[known.get(activity, {}).get('hosts') for activity in activities]}")


async def viral(stand: Stand, workers: Sequence[Process]) -> str:
    """Posts one after the other, each begun when the last has arrived at all healthy hosts."""
    run = stand.run
    await stand.steer("/sicken" if run.sick else "/heal")
    healthy = sum(n % 20 > 4 for n in range(run.hosts)) if run.sick else run.hosts
    waits: list[float] = []
    spans: list[float] = []
    before = [worker.cpu() for worker in workers]
    activities = []
    for number in range(run.posts):
        activity, committed = await stand.post(f"Swifts over the city, part {number}. " + "A long day. " * 20)
        activities.append(activity)
        report = await all_arrived(stand, [activity], healthy)
        arrivals = [at - committed for at in report["activities"][activity]["healthy"]]
        waits += arrivals
        spans.append(max(arrivals))
    used = sum(worker.cpu() - past for worker, past in zip(workers, before, strict=True))
    cuts = statistics.quantiles(waits, n=100)
    delivered = healthy * run.posts
    line = (
        f"{delivered / sum(spans):8.0f}/s {1e6 * used / delivered:8.0f} us  "
        f"first {1000 * min(waits):5.0f} ms  p50 {cuts[49]:6.2f} s  p99 {cuts[98]:6.2f} s  "
        f"rss {max(worker.peak() for worker in workers):4.0f} MB  "
    )
    if run.sick:
        await stand.steer("/heal")
        report = await all_arrived(stand, activities, run.hosts)
    return line + f"again {_again(report)}  forged {report['forged']}"


def _again(report: dict[str, Any]) -> int:
    return sum(found["again"] for found in report["activities"].values())


async def interrupted(stand: Stand, workers: list[Process], start: Callable[[], Awaitable[Process]]) -> str:
    """Workers are killed and others started while a post goes out."""
    activity, _ = await stand.post("Nothing of this gets lost.")
    kills = 0
    arriving = asyncio.create_task(all_arrived(stand, [activity], stand.run.hosts))
    while not arriving.done():
        await asyncio.sleep(random.uniform(1, 3))
        if not arriving.done():
            workers.pop(random.randrange(len(workers))).kill()
            kills += 1
            workers.append(await start())
    report = await arriving
    return f"{kills} kills, {stand.run.hosts} arrived, {_again(report)} of them again"


async def overtaken(stand: Stand) -> str:
    """Somebody speaks to one person while a post goes out to everybody."""
    viral, _ = await stand.post("Everybody hears this.")
    await all_arrived(stand, [viral], stand.run.hosts // 4)
    reply, committed = await stand.post("You alone hear this.", to=stand.friend)
    report = await all_arrived(stand, [reply], 1)
    found = report["activities"]
    [arrived] = found[reply]["healthy"] + found[reply]["sick"]
    before = found[viral]["hosts"]
    await all_arrived(stand, [viral], stand.run.hosts)
    return f"a reply arrived after {1000 * (arrived - committed):.0f} ms, when the post was at {before} hosts at most"


def floor(run: Run, origin: str, pair: keys.KeyPair, ca: Path) -> float:
    """Microseconds of CPU for one signature and one POST."""
    numbers = map(str, (FLOOR_POSTS, run.hosts, AT_ONCE))
    command = [sys.executable, str(ROOT / "bench" / "postbox.py"), f"{origin}/inbox", *numbers]
    command += [str(ca)] if run.tls else []
    done = subprocess.run(command, input=pair.private_pem, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1000 / FLOOR_POSTS


async def running(stack: AsyncExitStack, service: str, role: str, environment: dict[str, str], port: int) -> Process:
    command = [sys.executable, "-m", service, role]
    process = stack.enter_context(started(service, command, environment | {"MURMURATION_HTTP_PORT": str(port)}, port))
    async with aiohttp.ClientSession() as session:
        await answers(session, process, "/ready")
    return process


def certified(folder: Path) -> tuple[Path, Path]:
    """An authority, and the certificate of all hosts by it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate = authority.issue_cert("*.peers.localhost", "127.0.0.1").private_key_and_cert_chain_pem
    certificate.write_to_path(str(folder / "sink.pem"))
    return folder / "ca.pem", folder / "sink.pem"


async def main(infrastructure: Infrastructure, run: Run) -> None:
    sink_port, *ports = choose(3)
    origin = f"{'https' if run.tls else 'http'}://h0.peers.localhost:{sink_port}"
    async with AsyncExitStack() as stack:
        ca, certificate = certified(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        environment = await migrated(infrastructure, DATABASE, DOMAIN) | {
            "MURMURATION_ALLOWED_PRIVATE_NETWORKS": "127.0.0.1/32",
            "MURMURATION_EXTRA_CA_FILE": str(ca),
        }
        sink = [sys.executable, str(ROOT / "bench" / "sink.py"), str(sink_port), *([str(certificate)] * run.tls)]
        stack.enter_context(started("sink", sink, environment, sink_port))
        stage = await stack.enter_async_context(open_stand(run, infrastructure, environment, origin))
        await running(stack, "delivery", "relay", environment, ports.pop())
        await running(stack, "api_gateway", "relay", environment, ports.pop())

        async def start() -> Process:
            return await running(stack, "delivery", "worker", environment, choose(1)[0])

        workers = [await start() for _ in range(run.workers)]
        await stage.steer("/key", stage.pair.public_pem.encode())
        least = floor(run, origin, stage.pair, ca)
        await stage.steer("/forget")
        print(f"load average {os.getloadavg()[0]:.1f}, {msgspec.structs.asdict(run)}")
        print(f"{'floor':8}{least:21.0f} us")
        if run.kill:
            print(await interrupted(stage, workers, start))
        elif run.reply:
            print(await overtaken(stage))
        else:
            print(f"{'delivery':8}" + await viral(stage, workers))


def wanted() -> Run:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--posts", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument(
        "--sick", action="store_true", help="a quarter of the hosts hangs, fails or refuses; then heals"
    )
    parser.add_argument("--kill", action="store_true", help="kill workers and start others while one post goes out")
    parser.add_argument("--reply", action="store_true", help="speak to one person while one post goes out")
    return Run(**vars(parser.parse_args()))


if __name__ == "__main__":
    with Infrastructure(ROOT / ".run" / f"bench-{os.getpid()}") as infrastructure:
        asyncio.run(main(infrastructure, wanted()))
