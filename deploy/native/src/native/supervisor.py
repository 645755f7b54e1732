"""Starts components in order, restarts what dies, stops them in reverse."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from enum import StrEnum

from native.errors import Refusal
from native.home import Home, write_private
from native.process import Component, identity, start, trim

TICK = 0.1
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
SETTLED_AFTER = 30.0
PATIENCE = 3
"""How often a component may die before everything was ready once."""
TRIM_EVERY = 60.0


class State(StrEnum):
    """What a component is doing."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"


@dataclass
class Watched:
    """A component and what became of it."""

    component: Component
    state: State = State.WAITING
    process: subprocess.Popen[bytes] | None = None
    born: float | None = None
    started_at: float = 0.0
    start_after: float = 0.0
    deaths: int = 0

    @property
    def is_ready(self) -> bool:
        return self.state in (State.READY, State.DONE)

    def wait_after_death(self) -> float:
        return min(FIRST_WAIT * 2.0 ** min(self.deaths - 1, 10), LONGEST_WAIT)


class Supervisor:
    """All components of one server, moved on by `tick`."""

    def __init__(self, home: Home, components: list[Component]) -> None:
        self.home = home
        self.watched = {component.name: Watched(component) for component in components}
        self.was_ready = False
        self._written = ""
        self._trimmed_at = time.monotonic()

    @property
    def is_ready(self) -> bool:
        return all(watched.is_ready for watched in self.watched.values())

    def tick(self) -> None:
        """Look at every component once and do what is due."""
        for watched in self.watched.values():
            if watched.process is not None and watched.process.poll() is not None:
                self._died(watched, watched.process.returncode)
            if watched.state is State.WAITING and self._may_start(watched):
                self._start(watched)
            elif watched.state is State.STARTING and not watched.component.once and watched.component.ready():
                watched.state = State.READY
        self.was_ready = self.was_ready or self.is_ready
        self._trim_logs()
        self._write_state()

    def wait_until_ready(self, within: float) -> None:
        deadline = time.monotonic() + within
        while not self.is_ready:
            self.tick()
            if time.monotonic() > deadline:
                raise self._too_slow(within)
            time.sleep(TICK)

    def _too_slow(self, within: float) -> Refusal:
        name = next(name for name, watched in self.watched.items() if not watched.is_ready)
        return Refusal(f"{name} was not ready within {within:.0f} seconds.", self.home.log(name))

    def stop(self) -> None:
        """Stop everything, last started first; whatever does not need each other stops together."""
        left = {name: watched for name, watched in self.watched.items() if watched.process is not None}
        while left:
            needed = {need for watched in left.values() for need in self._needs_of(watched.component)}
            batch = [left.pop(name) for name in list(left) if name not in needed]
            for watched in batch:
                _signal(watched)
            for watched in batch:
                _wait(watched)
                self.home.pidfile(watched.component.name).unlink(missing_ok=True)
                watched.state = State.WAITING
            self._write_state()

    def _needs_of(self, component: Component) -> set[str]:
        """What it needs, also through components that ran once and are gone."""
        found: set[str] = set()
        for need in component.needs:
            found |= {need} | self._needs_of(self.watched[need].component)
        return found

    def _may_start(self, watched: Watched) -> bool:
        return time.monotonic() >= watched.start_after and all(
            self.watched[need].is_ready for need in watched.component.needs
        )

    def _start(self, watched: Watched) -> None:
        component = watched.component
        component.prepare()
        watched.process = start(component, self.home.log(component.name))
        watched.born = identity(watched.process.pid)
        watched.started_at = time.monotonic()
        watched.state = State.STARTING
        self.home.pidfile(component.name).write_text(f"{watched.process.pid}\n", encoding="ascii")

    def _died(self, watched: Watched, code: int) -> None:
        watched.process = None
        self.home.pidfile(watched.component.name).unlink(missing_ok=True)
        if watched.component.once and code == 0:
            watched.state = State.DONE
            return
        settled = time.monotonic() - watched.started_at > SETTLED_AFTER
        watched.deaths = 1 if settled else watched.deaths + 1
        if not self.was_ready and (watched.component.once or watched.deaths >= PATIENCE):
            raise self._failed(watched, code)
        watched.state = State.WAITING
        watched.start_after = time.monotonic() + watched.wait_after_death()

    def _failed(self, watched: Watched, code: int) -> Refusal:
        name = watched.component.name
        how = f"with exit code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"
        return Refusal(f"{name} did not start; it ended {how}.", self.home.log(name))

    def _trim_logs(self) -> None:
        if time.monotonic() - self._trimmed_at > TRIM_EVERY:
            self._trimmed_at = time.monotonic()
            for name in self.watched:
                trim(self.home.log(name))

    def _write_state(self) -> None:
        text = json.dumps(
            {
                "supervisor": {"pid": os.getpid(), "born": identity(os.getpid())},
                "components": {
                    name: {
                        "state": watched.state,
                        "pid": watched.process.pid if watched.process else None,
                        "born": watched.born,
                        "deaths": watched.deaths,
                    }
                    for name, watched in self.watched.items()
                },
            },
            indent=2,
        )
        if text != self._written:
            write_private(self.home.state_file, text)
            self._written = text


def _signal(watched: Watched) -> None:
    if watched.process is not None and watched.process.poll() is None:
        watched.process.send_signal(watched.component.stop_signal)


def _wait(watched: Watched) -> None:
    if watched.process is None:
        return
    try:
        watched.process.wait(watched.component.stop_within)
    except subprocess.TimeoutExpired:
        watched.process.kill()
        watched.process.wait()
    watched.process = None
