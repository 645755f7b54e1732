"""How a service runs: its roles, its signals, its end.

`python -m <service>` runs all roles in one process; `http`, `worker` and `relay` run one, so that
Kubernetes can scale each by itself. On SIGTERM readiness fails first, then requests and messages in hand
are finished, then the process ends.
"""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Generic, Protocol, TypeVar

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import disable_created_metrics

from chassis.bus import Bus, connect, open_bus
from chassis.db import Database
from chassis.depths import measure
from chassis.ending import end
from chassis.http import application
from chassis.logs import configure_logs
from chassis.outbox import Relay
from chassis.periodic import run_periodically
from chassis.pulse import beating
from chassis.settings import Settings
from chassis.sockets import Socket
from chassis.telemetry import configure_traces
from chassis.worker import Worker

log = structlog.get_logger()

ROLES = ("http", "worker", "relay")
DRAIN_SECONDS = 20
MANY_FILES = 65_536
YOUNG = 10_000
"""How many objects come before the collector looks for garbage among them."""
WS_PING_SECONDS = 30
"""As Mastodon: clients and proxies count on it."""


class Held(Protocol):
    """What every service's Resources has."""

    @property
    def settings(self) -> Settings: ...
    @property
    def db(self) -> Database: ...


S = TypeVar("S", bound=Settings)
R = TypeVar("R", bound=Held)


class Service(Generic[S, R]):
    """What distinguishes one service from another."""

    def __init__(
        self,
        name: str,
        settings: type[S],
        open_resources: Callable[[S], AbstractAsyncContextManager[R]],
        create_app: Callable[[R], FastAPI],
        create_worker: Callable[[R], Worker[R]],
    ) -> None:
        self.name = name
        self.settings = settings
        self.open_resources = open_resources
        self.create_app = create_app
        self.create_worker = create_worker


def main(service: Service[S, R]) -> None:
    """Run the roles named on the command line, or all of them."""
    roles = sys.argv[1:] or list(ROLES)
    if unknown := set(roles) - set(ROLES):
        sys.exit(f"{service.name}: no role {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}")
    try:
        settings = service.settings()
    except ValueError as error:
        sys.exit(f"{service.name} does not start: {_first_reason(error)}")
    configure_logs(service.name, settings)
    # When a counter began nobody asks, and it would be a series more for each.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types there
    configure_traces(service.name, settings)
    if sys.platform != "win32":
        import uvloop  # noqa: PLC0415  # not on every platform

        _allow_many_files()
        uvloop.run(run(service, settings, roles))


def _allow_many_files() -> None:
    """Shells and init systems often give a process 1024, which is fewer than it has clients and peers."""
    import resource  # noqa: PLC0415  # not on every platform

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _first_reason(error: ValueError) -> str:
    """The one sentence that a settings validator said, without pydantic's frame around it."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    first = errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = str(first["msg"]).removeprefix("Value error, ")
    return f"MURMURATION_{where.upper()}: {reason}" if where else reason


async def run(service: Service[S, R], settings: S, roles: list[str]) -> None:
    """Run until SIGTERM or SIGINT; raise if any role dies, so that the process is restarted."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(beating(settings.watchdog_seconds))
        resources = await stack.enter_async_context(service.open_resources(settings))
        running = [await stack.enter_async_context(_http(service, settings, resources, stop, full="http" in roles))]
        if "worker" in roles:
            running.append(await stack.enter_async_context(_worker(service, settings, resources)))
        if "relay" in roles:
            running.append(await stack.enter_async_context(_relay(settings, resources)))
        _spare_what_stays()
        log.info("started", roles=roles, port=settings.http_port)
        await _until_stopped(stop, [task for tasks in running for task in tasks])
        log.info("stopping")


def _spare_what_stays() -> None:
    """What was loaded until now stays as long as we do: nobody looks through it for garbage any more."""
    gc.collect()
    gc.freeze()
    # Requests leave few cycles behind, and none that would not wait.
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


async def _until_stopped(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done - {stopping}:
        task.result()


class _Server(uvicorn.Server):
    """uvicorn, with the signals left to us."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  # uvicorn's own signature
        yield


@asynccontextmanager
async def _http(
    service: Service[S, R], settings: S, resources: R, stop: asyncio.Event, *, full: bool
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Serve the routes, or without the http role only /health, /ready and /metrics."""

    async def not_stopping() -> bool:
        return not stop.is_set()

    app = service.create_app(resources) if full else application(service.name, [], resources)
    app.state.not_stopping = not_stopping
    app.state.ready["not stopping"] = not_stopping
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        server_header=False,
        ws=Socket,
        ws_max_size=65536,
        ws_ping_interval=WS_PING_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(), name="http")
    try:
        yield [task]
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _worker(service: Service[S, R], settings: S, resources: R) -> AsyncIterator[list[asyncio.Task[None]]]:
    worker = service.create_worker(resources)

    async def consume() -> None:
        async with open_bus(settings) as bus:
            connection = await connect(settings)
            async with connection:
                channel = await connection.channel()
                await worker.consume(channel, bus)
                try:
                    await measure(connection, worker.queues, worker.flows)
                finally:
                    await worker.drain()

    tasks = [asyncio.create_task(consume(), name="worker")]
    tasks += [
        asyncio.create_task(run_periodically(resources.db, resources, entry), name=entry.name)
        for entry in worker.periodic
    ]
    try:
        yield tasks
    finally:
        await end(tasks)


@asynccontextmanager
async def _relay(settings: S, resources: R) -> AsyncIterator[list[asyncio.Task[None]]]:
    async with open_bus(settings) as bus:
        schema = resources.db.schema
        relay = Relay(settings, bus, role=schema, schema=schema)
        task = asyncio.create_task(relay.run(), name="relay")
        try:
            yield [task]
        finally:
            await end([task])


__all__ = ["Bus", "Service", "main", "run"]
