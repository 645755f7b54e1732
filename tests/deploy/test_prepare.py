"""The database is prepared the same way in containers as natively."""

import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from native import postgres
from native.infrastructure import Infrastructure

DEPLOY = Path(__file__).parents[2] / "deploy"


def prepare(infrastructure: Infrastructure, password: str) -> None:
    script = (DEPLOY / "postgres" / "prepare.sh").read_text(encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "PGHOST": "127.0.0.1",
        "PGPORT": str(infrastructure.ports["postgres"]),
        "PGUSER": postgres.SUPERUSER,
        "PGPASSWORD": infrastructure.secrets["postgres"],
        "DATABASE_PASSWORD": password,
    }
    script = script.replace("/deploy/roles.sql", str(DEPLOY / "postgres" / "roles.sql"))
    subprocess.run(["sh", "-c", script], env=environment, check=True, capture_output=True)


async def test_running_it_twice_leaves_every_role_with_its_password(infrastructure: Infrastructure) -> None:
    for _ in range(2):
        prepare(infrastructure, infrastructure.database_password)
    for role in postgres.ROLES:
        connection = await asyncpg.connect(
            infrastructure.database_url(), user=role, password=infrastructure.database_password
        )
        await connection.close()


async def test_a_role_without_its_password_is_refused(infrastructure: Infrastructure) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(infrastructure.database_url("postgres"), user="inbox", password="wrong")
