"""Our processes while they are measured: started, asked whether they run, and what they use."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import asyncpg

from native.infrastructure import Infrastructure

ROOT = Path(__file__).parents[1]


def cpu_of(pid: int) -> float:
    """Seconds that the threads of a process have run."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Process:
    """A running service, and what it has used."""

    def __init__(self, service: str, port: int, child: subprocess.Popen[bytes]) -> None:
        self.service = service
        self.url = f"http://127.0.0.1:{port}"
        self._child = child

    def cpu(self) -> float:
        """Seconds that its threads have run."""
        return cpu_of(self._child.pid)

    def send(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def peak(self) -> float:
        """The most memory that it ever had, in MB."""
        return self._status("VmHWM") / 1024

    def memory(self) -> float:
        """What it has in memory now, in MB."""
        return self._status("VmRSS") / 1024

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self._child.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))

    def kill(self) -> None:
        self._child.kill()
        self._child.wait()


@contextmanager
def started(service: str, command: list[str], environment: dict[str, str], port: int) -> Iterator[Process]:
    child = subprocess.Popen(command, env=os.environ | environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield Process(service, port, child)
    finally:
        child.send_signal(signal.SIGCONT)
        child.terminate()
        child.wait(30)


async def answers(session: aiohttp.ClientSession, process: Process, path: str) -> None:
    for _ in range(600):
        try:
            async with session.get(process.url + path) as reply:
                if reply.status == 200:
                    return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.1)
    raise SystemExit(f"{process.service} does not answer")


async def migrated(infrastructure: Infrastructure, database: str, domain: str) -> dict[str, str]:
    """An empty database of that name, and the settings by which services find it and everything else."""
    await infrastructure.drop_database(database)
    await infrastructure.create_database(database)
    environment = infrastructure.environment(database) | {
        "MURMURATION_DOMAIN": domain,
        "MURMURATION_DEVELOPMENT": "true",
        "MURMURATION_SECRET_KEY": "secret",
        "MURMURATION_INTERNAL_SECRET": "internal",
        "MURMURATION_RATE_LIMIT_FACTOR": "10000",
        "MURMURATION_LOG_LEVEL": "INFO",
    }
    migrating = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chassis.migrate", env=os.environ | environment
    )
    if await migrating.wait():
        raise SystemExit("the database could not be migrated")
    return environment


class Statements:
    """Counts what a role asks PostgreSQL, by its log."""

    def __init__(self, connection: asyncpg.Connection, log: Path) -> None:
        self._connection = connection
        self._log = log

    async def _set(self, value: str) -> None:
        await self._connection.execute(f"ALTER SYSTEM SET log_statement = '{value}'")
        await self._connection.execute("ALTER SYSTEM SET log_line_prefix = '%u '")
        await self._connection.execute("SELECT pg_reload_conf()")
        await asyncio.sleep(0.5)

    @asynccontextmanager
    async def counted(self, role: str) -> AsyncIterator[list[int]]:
        await self._set("all")
        before = self._log.stat().st_size
        found: list[int] = []
        yield found
        await asyncio.sleep(0.3)
        text = self._log.read_bytes()[before:].decode("utf-8", "replace")
        await self._set("none")
        lines = re.findall(rf"^{role} LOG:  (?:execute [^:]+|statement):\s+(\w+)", text, re.MULTILINE)
        found.append(sum(word.upper() not in ("BEGIN", "COMMIT") for word in lines))
