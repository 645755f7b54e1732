"""Components start in order, come back when they die, and stop in reverse."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from native import process
from native.errors import Refusal
from native.home import Home
from native.process import Component
from native.supervisor import Supervisor

NOTE = """
import pathlib, signal, sys, time
name, file = sys.argv[1], pathlib.Path(sys.argv[2])
def write(word):
    with file.open("a") as notes: notes.write(f"{word} {name}\\n")
def leave(*_):
    write("-"); sys.exit(0)
signal.signal(signal.SIGTERM, leave)
write("+"); pathlib.Path(str(file) + name).touch()
while True: time.sleep(0.01)
"""
Supervise = Callable[..., Supervisor]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    started: list[Supervisor] = []

    def begin(*components: Component) -> Supervisor:
        started.append(Supervisor(Home(tmp_path), list(components)))
        return started[-1]

    yield begin
    for supervisor in started:
        supervisor.stop()


def noting(folder: Path, name: str, *needs: str) -> Component:
    file = folder / "notes"
    return Component(
        name=name,
        command=(sys.executable, "-c", NOTE, name, str(file)),
        needs=needs,
        ready=lambda: Path(f"{file}{name}").exists(),
    )


def failing(name: str, *, once: bool = False) -> Component:
    return Component(name=name, command=(sys.executable, "-c", "raise SystemExit('no luck')"), once=once, ready=bool)


def notes(folder: Path) -> list[str]:
    return (folder / "notes").read_text(encoding="utf-8").splitlines()


def pid_of(supervisor: Supervisor, name: str) -> int:
    found = supervisor.watched[name].process
    assert found is not None
    return found.pid


def test_what_is_needed_starts_first_and_stops_last(tmp_path: Path, supervise: Supervise) -> None:
    supervisor = supervise(noting(tmp_path, "b", "a"), noting(tmp_path, "a"), noting(tmp_path, "c", "b"))
    supervisor.wait_until_ready(10)
    supervisor.stop()
    assert notes(tmp_path) == ["+ a", "+ b", "+ c", "- c", "- b", "- a"]


def test_needs_reach_through_what_ran_once(tmp_path: Path, supervise: Supervise) -> None:
    once = Component(name="once", command=(sys.executable, "-c", ""), once=True, needs=("a",))
    supervisor = supervise(noting(tmp_path, "a"), once, noting(tmp_path, "b", "once"))
    supervisor.wait_until_ready(10)
    supervisor.stop()
    assert notes(tmp_path) == ["+ a", "+ b", "- b", "- a"]


def test_a_killed_component_comes_back(tmp_path: Path, supervise: Supervise) -> None:
    supervisor = supervise(noting(tmp_path, "a"))
    supervisor.wait_until_ready(10)
    before = pid_of(supervisor, "a")
    os.kill(before, signal.SIGKILL)
    time.sleep(0.1)
    supervisor.tick()
    supervisor.wait_until_ready(10)
    assert pid_of(supervisor, "a") != before


def test_a_component_that_cannot_start_is_named_with_its_log(supervise: Supervise) -> None:
    with pytest.raises(Refusal) as refused:
        supervise(failing("timeline")).wait_until_ready(10)
    assert refused.value.sentence == "timeline did not start; it ended with exit code 1."
    assert "no luck" in refused.value.tail()


def test_migrations_are_not_tried_again(supervise: Supervise) -> None:
    supervisor = supervise(failing("migrate", once=True))
    with pytest.raises(Refusal, match="migrate did not start"):
        supervisor.wait_until_ready(10)
    assert supervisor.watched["migrate"].deaths == 1


def test_a_component_that_never_gets_ready_is_named(tmp_path: Path, supervise: Supervise) -> None:
    slow = Component(name="slow", command=("sleep", "60"), ready=lambda: False)
    with pytest.raises(Refusal, match="slow was not ready within 0 seconds"):
        supervise(slow).wait_until_ready(0.3)


def test_waits_grow_with_deaths_up_to_a_limit(tmp_path: Path, supervise: Supervise) -> None:
    watched = supervise(noting(tmp_path, "a")).watched["a"]
    waits = []
    for watched.deaths in (1, 2, 3, 20):
        waits.append(watched.wait_after_death())
    assert waits == [0.2, 0.4, 0.8, 10.0]


def test_a_pid_that_now_belongs_to_somebody_else_is_left_alone() -> None:
    process.end(os.getpid(), born=1.0, number=signal.SIGKILL, within=1)


def test_ports_and_secrets_are_remembered(tmp_path: Path) -> None:
    first, second = Home(tmp_path), Home(tmp_path)
    assert first.ports(["redis", "inbox"]) == second.ports(["redis", "inbox"])
    assert first.secrets(["key"]) == second.secrets(["key"])
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
