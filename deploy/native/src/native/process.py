"""One component of a server: a program that runs until told to stop, or once until it is done."""

import grp
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from native.errors import Refusal

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LARGEST_LOG = 32 * 1024 * 1024


@dataclass(frozen=True)
class Component:
    """What to start, after what, and how to tell that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] = lambda: True
    """For a component that runs once, it is ready when it ended well."""
    needs: tuple[str, ...] = ()
    prepare: Callable[[], None] = lambda: None
    """Done in the supervisor right before each start."""
    once: bool = False
    user: str | None = None
    """Drop to this user when started by root."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 25


def start(component: Component, log: Path) -> subprocess.Popen[bytes]:
    """Start the program with its output appended to the log; it dies with us."""
    setpriv = shutil.which("setpriv", path=SYSTEM_PATH)
    if setpriv is None:
        raise Refusal("setpriv is missing: install Debian's package util-linux")
    command = [setpriv, "--pdeathsig", component.stop_signal.name.removeprefix("SIG")]
    if component.user and os.geteuid() == 0:
        command += _as_user(component.user)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*command, "--", *component.command],
            env={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", **component.environment},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _as_user(user: str) -> list[str]:
    # A clone below /root is closed to every other user; the right to pass through folders opens it
    # for this one program without changing anybody's permissions.
    return [
        "--reuid",
        user,
        "--regid",
        grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name,
        "--clear-groups",
        *(("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search") if _may_pass() else ()),
    ]


def _may_pass() -> bool:
    """Whether we hold CAP_DAC_READ_SEARCH (a container's root often does not)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(effective, 16) >> 2 & 1)


def run_as(user: str, command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as the user when we are root."""
    prefix = ["setpriv", *_as_user(user), "--"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*prefix, *command],
        env={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", **environment},
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
    )


def identity(pid: int) -> float | None:
    """When the process was born, which tells it from a later one with the same number."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def end(pid: int, born: float | None, number: signal.Signals, within: float) -> None:
    """Ask a process that is not our child to stop; insist when it does not."""
    if born is None or identity(pid) != born:
        return
    os.kill(pid, number)
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if identity(pid) != born:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)


def trim(log: Path) -> None:
    """Keep one older copy of a log that grew large. Its writer appends, so it goes on undisturbed."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
