"""A private PostgreSQL: loopback and a socket file only, every role with a password."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import asyncpg

from native.errors import Refusal
from native.home import REPOSITORY, Home
from native.process import Component, run_as
from native.sockets import socket_at

SUPERUSER = "postgres"
SYSTEM_USER = "postgres"
ROLES_FILE = REPOSITORY / "deploy" / "postgres" / "roles.sql"
ROLES = ("murmuration", "api_gateway", "inbox", "delivery", "timeline", "media", "moderation")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "logging_collector": "off",
    "log_min_duration_statement": "1000",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
}
# For tests only: a crash of the machine may lose everything.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "500"}


def component(home: Home, port: int, password: str, *, durable: bool = True) -> Component:
    data = _data(home)
    sockets = {"unix_socket_directories": str(data) if _socket(home, port) else ""}
    settings = SETTINGS | ({} if durable else HASTY) | {"port": str(port)} | sockets
    tools = programs(data)
    return Component(
        name="postgres",
        command=(
            str(tools / "postgres"),
            "-D",
            str(data),
            *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
        ),
        user=SYSTEM_USER,
        prepare=lambda: _create_cluster(tools, data, password),
        ready=lambda: accepts(tools, port),
        # A fast shutdown: it does not wait for clients to leave.
        stop_signal=signal.SIGINT,
    )


def _data(home: Home) -> Path:
    return home.folder / "postgres"


def _socket(home: Home, port: int) -> Path | None:
    return socket_at(_data(home) / f".s.PGSQL.{port}")


def url(home: Home, port: int, database: str, user: str = "") -> str:
    """`user` may bring a password: `name:password`."""
    at = f"{user}@" if user else ""
    if _socket(home, port) is None:
        return f"postgresql://{at}127.0.0.1:{port}/{database}"
    return f"postgresql://{at}/{database}?{urlencode({'host': _data(home), 'port': port})}"


def programs(data: Path) -> Path:
    """The folder of PostgreSQL's programs: of the version that wrote the data, or the newest."""
    written = data / "PG_VERSION"
    version = written.read_text(encoding="ascii").strip() if written.exists() else None
    found = {path.parent.parent.name: path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    if version in found:
        return found[version]
    if version:
        raise Refusal(
            f"The data in {data} was written by PostgreSQL {version}, which is not installed: "
            f"install postgresql-{version}, or forget the data with make clean."
        )
    if found:
        return max(found.values(), key=lambda path: int(path.parent.name))
    if elsewhere := shutil.which("initdb"):
        return Path(elsewhere).resolve().parent
    raise Refusal("PostgreSQL is not installed; make up installs it on Debian.")


def accepts(tools: Path, port: int) -> bool:
    command = [str(tools / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    return subprocess.run(command, check=False).returncode == 0


def _create_cluster(tools: Path, data: Path, password: str) -> None:
    if (data / "PG_VERSION").exists():
        return
    # What a broken first run left behind is worthless, and initdb refuses to write over it.
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write(password)
        secret.flush()
        if os.geteuid() == 0:
            shutil.chown(data, SYSTEM_USER, SYSTEM_USER)
            shutil.chown(secret.name, SYSTEM_USER)
        words = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret.name}"]
        words += [f"--username={SUPERUSER}", "--no-sync", "--data-checksums", "-D", str(data)]
        done = run_as(SYSTEM_USER, [str(tools / "initdb"), *words], {})
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise Refusal(f"PostgreSQL could not create its files in {data}: {_reason(done.stderr)}")


def _reason(text: str) -> str:
    errors = re.findall(r"(?:error|fatal): (.+)", text)
    return errors[-1] if errors else text.strip().splitlines()[-1]


async def open_superuser(port: int, password: str, database: str = "postgres") -> asyncpg.Connection:
    return await asyncpg.connect(host="127.0.0.1", port=port, user=SUPERUSER, password=password, database=database)


async def apply_roles(port: int, superuser: str, password: str) -> None:
    """Create the services' roles with their limits, and give them their password."""
    connection = await open_superuser(port, superuser)
    try:
        await connection.execute(ROLES_FILE.read_text(encoding="utf-8"))
        for role in ROLES:
            await connection.execute(f"ALTER ROLE {role} PASSWORD '{_hexadecimal(password)}'")
    finally:
        await connection.close()


async def create_database(port: int, superuser: str, name: str, *, template: str | None = None) -> None:
    """Create the database, owned by the role that migrates it, unless it is there."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Refusal(f"{name!r} is no name for a database")
    connection = await open_superuser(port, superuser)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            source = f" TEMPLATE {template}" if template else ""
            await connection.execute(f"CREATE DATABASE {name} OWNER murmuration{source}")
    finally:
        await connection.close()


async def drop_database(port: int, superuser: str, name: str) -> None:
    connection = await open_superuser(port, superuser)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()


def prepare_database(port: int, superuser: str, password: str, name: str = "murmuration") -> None:
    """Roles, passwords and the database: everything that migrations expect to find."""

    async def prepare() -> None:
        await apply_roles(port, superuser, password)
        await create_database(port, superuser, name)

    asyncio.run(prepare())


def _hexadecimal(password: str) -> str:
    if not re.fullmatch(r"[0-9a-f]+", password):
        raise ValueError("a generated password is hexadecimal")
    return password
