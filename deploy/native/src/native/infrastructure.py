"""PostgreSQL, RabbitMQ and Redis alone: what a session of tests runs on."""

import asyncio
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from native import postgres, rabbitmq, redis
from native.home import Home
from native.process import Component
from native.supervisor import Supervisor

PORTS = ("postgres", "epmd", "rabbitmq", "rabbitmq_distribution", "redis")
SECRETS = ("postgres", "database", "rabbitmq", "redis")
START_WITHIN = 90.0


def components(
    home: Home,
    ports: dict[str, int],
    secrets: dict[str, str],
    *,
    durable: bool = True,
    vhosts: tuple[str, ...] = ("/",),
) -> list[Component]:
    return [
        postgres.component(home, ports["postgres"], secrets["postgres"], durable=durable),
        *rabbitmq.components(home, ports, secrets["rabbitmq"], vhosts),
        redis.component(home, ports["redis"], secrets["redis"], durable=durable),
    ]


class Infrastructure:
    """The three of them in a folder of their own, for as long as this process lives.

    `with Infrastructure(folder) as infrastructure:` starts them and prepares the roles. Nothing is
    restarted by itself; `kill` and `start` let a test take one away and bring it back.
    """

    def __init__(
        self, folder: Path, *, durable: bool = False, vhosts: tuple[str, ...] = ("/",), running: bool = False
    ) -> None:
        self.home = Home(folder)
        self.ports = self.home.ports(PORTS, running=running)
        self.secrets = self.home.secrets(SECRETS)
        self.supervisor = Supervisor(
            self.home, components(self.home, self.ports, self.secrets, durable=durable, vhosts=vhosts)
        )

    def start(self) -> None:
        """Start what does not run, and wait until all of it answers."""
        self.supervisor.wait_until_ready(START_WITHIN)
        asyncio.run(postgres.apply_roles(self.ports["postgres"], self.secrets["postgres"], self.secrets["database"]))

    def stop(self, *, forget: bool = True) -> None:
        self.supervisor.stop()
        if forget:
            shutil.rmtree(self.home.folder, ignore_errors=True)

    def kill(self, name: str) -> None:
        """SIGKILL `postgres`, `rabbitmq` or `redis`; `start` brings it back with its data."""
        process = self.supervisor.watched[name].process
        if process is not None:
            process.kill()
            process.wait()
        self.supervisor.tick()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop(forget=False)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def database_password(self) -> str:
        """Of every role in `postgres.ROLES`."""
        return self.secrets["database"]

    def database_url(self, database: str = "murmuration") -> str:
        """Without a user: each service connects as its own role."""
        return postgres.url(self.home, self.ports["postgres"], database)

    def superuser_url(self, database: str = "postgres") -> str:
        user = f"{postgres.SUPERUSER}:{self.secrets['postgres']}"
        return postgres.url(self.home, self.ports["postgres"], database, user)

    def amqp_url(self, vhost: str = "/") -> str:
        path = "" if vhost == "/" else vhost
        return f"amqp://{rabbitmq.USER}:{self.secrets['rabbitmq']}@127.0.0.1:{self.ports['rabbitmq']}/{path}"

    def redis_url(self, number: int = 0) -> str:
        return redis.url(self.home, self.ports["redis"], self.secrets["redis"], number)

    def environment(self, database: str = "murmuration", vhost: str = "/", redis: int = 0) -> dict[str, str]:
        """The settings by which services find all three."""
        return {
            "MURMURATION_DATABASE_URL": self.database_url(database),
            "MURMURATION_DATABASE_PASSWORD": self.database_password,
            "MURMURATION_AMQP_URL": self.amqp_url(vhost),
            "MURMURATION_REDIS_URL": self.redis_url(redis),
        }

    async def create_database(self, name: str, *, template: str | None = None) -> None:
        """A database owned by `murmuration`, copied from a template if one is named."""
        await postgres.create_database(self.ports["postgres"], self.secrets["postgres"], name, template=template)

    async def drop_database(self, name: str) -> None:
        await postgres.drop_database(self.ports["postgres"], self.secrets["postgres"], name)
