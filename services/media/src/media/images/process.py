"""A few processes that open pictures for us, each one task at a time."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import structlog
from prometheus_client import Counter, Histogram

from chassis.errors import Invalid, Unavailable
from media.images.child import HEAD
from media.images.model import Attach, Attached, Crop, Cropped, Measure, Measures, Picture, Refused, Result, Task

log = structlog.get_logger()

COMMAND = (sys.executable, "-I", "-m", "media.images.child")
ENVIRONMENT = {"VIPS_CONCURRENCY": "1", "VIPS_DISC_THRESHOLD": "8g", "VIPS_BLOCK_UNTRUSTED": "1"}
TASKS_PER_PROCESS = 200
"""After so many a process is replaced: what a decoder leaks goes with it."""

TASKS = Counter("murmuration_images_total", "Pictures opened, by outcome", ["task", "outcome"])
SECONDS = Histogram("murmuration_image_seconds", "Time to work on a picture", ["task"])


class Unreadable(Invalid):
    """Validation failed: File could not be read"""


class TooBusy(Unavailable):
    """Too many pictures at once; please try again later"""


class Images:
    """Hands out tasks. A process that crashes or takes too long is replaced; its picture is refused."""

    def __init__(self, *, processes: int, timeout: float) -> None:
        self._timeout = timeout
        self._free: asyncio.LifoQueue[_Child] = asyncio.LifoQueue()
        self._children = [_Child() for _ in range(processes)]
        for child in self._children:
            self._free.put_nowait(child)

    async def measure(self, kind: str, content: bytes) -> Measures:
        result = await self._do(Measure(kind=kind, content=content))
        assert isinstance(result, Measures)
        return result

    async def attach(self, kind: str, content: bytes) -> Attached:
        result = await self._do(Attach(kind=kind, content=content))
        assert isinstance(result, Attached)
        return result

    async def crop(self, kind: str, content: bytes, size: tuple[int, int], *, fit: bool = False) -> Picture:
        result = await self._do(Crop(kind=kind, content=content, width=size[0], height=size[1], fit=fit))
        assert isinstance(result, Cropped)
        return result.picture

    async def close(self) -> None:
        for child in self._children:
            await child.end()

    async def _idle(self) -> "_Child":
        try:
            async with asyncio.timeout(self._timeout):
                return await self._free.get()
        except TimeoutError as error:
            raise TooBusy from error

    async def _do(self, task: Task) -> Result:
        child = await self._idle()
        outcome, name = "crashed", type(task).__name__.lower()
        try:
            with SECONDS.labels(name).time():
                async with asyncio.timeout(self._timeout):
                    result = await child.do(task)
            outcome = "refused" if isinstance(result, Refused) else "ok"
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            log.warning("picture given up", task=name, error=repr(error))
            raise Unreadable from error
        finally:
            # Also when we were cancelled: an answer nobody read would be taken for the next one's.
            if outcome == "crashed":
                await asyncio.shield(child.end())
            TASKS.labels(name, outcome).inc()
            self._free.put_nowait(child)
        if isinstance(result, Refused):
            raise Unreadable(f"Validation failed: {result.reason}")
        return result


class _Child:
    """One process, started when it is first needed."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._tasks = 0
        self._decoder: msgspec.msgpack.Decoder[Result] = msgspec.msgpack.Decoder(Result)

    async def do(self, task: Task) -> Result:
        if self._process is None or self._tasks >= TASKS_PER_PROCESS:
            await self.end()
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment(), start_new_session=True
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        self._tasks += 1
        message = msgspec.msgpack.encode(task)
        process.stdin.write(HEAD.pack(len(message)) + message)
        await process.stdin.drain()
        (length,) = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
        return self._decoder.decode(await process.stdout.readexactly(length))

    async def end(self) -> None:
        process, self._process, self._tasks = self._process, None, 0
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _environment() -> dict[str, str]:
    """Nothing of ours but where programs and libraries are."""
    return ENVIRONMENT | {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}


@asynccontextmanager
async def open_images(*, processes: int, timeout: float) -> AsyncIterator[Images]:  # noqa: ASYNC109  # one task's
    images = Images(processes=processes, timeout=timeout)
    try:
        yield images
    finally:
        await images.close()
