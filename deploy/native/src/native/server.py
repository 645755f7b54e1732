"""One whole server on this machine: start it, look at it, stop it, forget it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from native import infrastructure, services, settings
from native.errors import Refusal
from native.home import REPOSITORY, Home, write_private
from native.ports import holder, is_free
from native.process import SYSTEM_PATH, Component, end, identity
from native.settings import ServerSettings
from native.supervisor import Supervisor

PORTS = (*infrastructure.PORTS, *services.SERVICES)
SECRETS = (*infrastructure.SECRETS, "internal", "key")
READY_WITHIN = 180.0
STOP_WITHIN = 90.0
POLL = 0.1
SOURCES = ("libs", "services", "cli/src", "deploy/native/src")
SOURCE_KINDS = {".py", ".sql", ".html", ".css", ".json", ".txt"}

Watcher = Callable[[Mapping[str, str]], None]
"""Told the state of each component whenever the start of a server is looked at."""


class Server:
    """A server by its settings. What runs is found by what its supervisor wrote, so any process may look."""

    def __init__(self, wanted: ServerSettings, folder: Path | None = None) -> None:
        self.settings = wanted
        self.home = Home(folder) if folder else Home.named(wanted.name)
        self._log = self.home.folder / "log" / "supervisor.log"
        self._spawned: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return self.settings.base_url

    @property
    def environment(self) -> dict[str, str]:
        """For a service or the command line of this server."""
        ports = self.home.ports(PORTS, running=True)
        return services.environment(self.settings, self.home, ports, self.home.secrets(SECRETS))

    def url_of(self, service: str) -> str:
        """A service's own address, behind the edge."""
        return f"http://127.0.0.1:{self.home.ports(PORTS, running=True)[service]}"

    def start(self, watch: Watcher = lambda _: None, *, within: float = READY_WITHIN, bound: bool = False) -> bool:
        """Start and wait until everything is ready; False if it ran already and nothing has changed.

        A bound server ends with this process; others go on without it.
        """
        fingerprint = self._fingerprint()
        marker = self.home.folder / "fingerprint"
        if self.is_running():
            if marker.exists() and marker.read_text(encoding="ascii") == fingerprint:
                self.wait_until_ready(watch, within=within)
                return False
            self.stop()
        self._refuse_other_domain()
        self._refuse_taken_port()
        self.home.make()
        self.settings.save(self.home.settings_file)
        self.home.state_file.unlink(missing_ok=True)
        self._failure.unlink(missing_ok=True)
        self._write_wrapper()
        supervisor = self._spawned = self._spawn(bound=bound)
        marker.write_text(fingerprint, encoding="ascii")
        self.wait_until_ready(watch, within=within, supervisor=supervisor)
        return True

    def _spawn(self, *, bound: bool) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "native", "supervise", str(self.home.folder)]
        if bound:
            command = ["setpriv", "--pdeathsig", "TERM", "--", *command]
        self.home.make("log")
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(
        self,
        watch: Watcher = lambda _: None,
        *,
        within: float = READY_WITHIN,
        supervisor: "subprocess.Popen[bytes] | None" = None,
    ) -> None:
        deadline = time.monotonic() + within
        while True:
            states = self.states()
            watch(states)
            if states and all(state in ("ready", "done") for state in states.values()):
                return
            gone = supervisor.poll() is not None if supervisor else not self.is_running()
            if gone:
                raise self._why_it_failed()
            if time.monotonic() > deadline:
                slow = next((name for name, state in states.items() if state not in ("ready", "done")), "")
                raise Refusal(f"{slow} was not ready within {within:.0f} seconds.", self.home.log(slow))
            time.sleep(POLL)

    def stop(self) -> bool:
        """Stop everything in order; False if nothing ran."""
        state = self._state()
        supervisor = state.get("supervisor", {})
        ran = self.is_running()
        if ran:
            end(supervisor["pid"], supervisor["born"], signal.SIGTERM, STOP_WITHIN)
        if self._spawned is not None:
            # It may be so young that it has not written its state yet.
            self._spawned.terminate()
            self._spawned.wait(STOP_WITHIN)
            self._spawned = None
        # What a killed supervisor left behind, if anything.
        for component in reversed(state.get("components", {}).values()):
            if component["pid"]:
                end(component["pid"], component["born"], signal.SIGTERM, within=20)
        self.home.state_file.unlink(missing_ok=True)
        return ran

    def forget(self) -> None:
        """Stop, and remove all data."""
        self.stop()
        self.home.forget()

    def kill(self, component: str) -> int:
        """SIGKILL one component by its name; its supervisor starts it again. Returns the pid it had."""
        pid = self.pid(component)
        if pid is None:
            raise Refusal(f"{component} does not run.")
        os.kill(pid, signal.SIGKILL)
        return pid

    def pid(self, component: str) -> int | None:
        found: int | None = self._state().get("components", {}).get(component, {}).get("pid")
        return found

    def states(self) -> dict[str, str]:
        return {name: entry["state"] for name, entry in self._state().get("components", {}).items()}

    def is_running(self) -> bool:
        supervisor = self._state().get("supervisor")
        return supervisor is not None and identity(supervisor["pid"]) == supervisor["born"]

    def _state(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads(self.home.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return state

    @property
    def _failure(self) -> Path:
        return self.home.folder / "failure.json"

    def _why_it_failed(self) -> Refusal:
        if not self._failure.exists():
            return Refusal("The supervisor ended unexpectedly.", self._log)
        failure = json.loads(self._failure.read_text(encoding="utf-8"))
        return Refusal(failure["sentence"], Path(failure["log"]) if failure["log"] else None)

    def _refuse_other_domain(self) -> None:
        if not self.home.settings_file.exists():
            return
        before = settings.load(self.home.settings_file).domain
        if before != self.settings.domain:
            raise Refusal(
                f"The data of {self.home.name} belongs to {before}, not to {self.settings.domain}: "
                f"choose another NAME, or forget the data with make clean NAME={self.home.name}."
            )

    def _refuse_taken_port(self) -> None:
        host, port = self.settings.address
        if not is_free(host, port):
            raise Refusal(
                f"{host}:{port} is taken by {holder(port)}: stop it, or choose another address "
                "in a file (DOMAIN=localhost:3001) and run make up ENV=that-file.env."
            )

    def _write_wrapper(self) -> None:
        """`.run/<name>/murmuration`: the operator's command line, with this server's settings."""
        exports = "".join(f"export {key}='{value}'\n" for key, value in self.environment.items())
        program = REPOSITORY / ".venv" / "bin" / "murmuration"
        write_private(self.home.wrapper, f'#!/bin/sh\n{exports}exec {program} "$@"\n', mode=0o700)

    def _fingerprint(self) -> str:
        """Changes with the settings and with the code, so that `make up` restarts what is outdated."""
        seen = sha256(repr(self.settings).encode())
        for root in SOURCES:
            for path in sorted((REPOSITORY / root).rglob("*")):
                if path.suffix in SOURCE_KINDS and "__pycache__" not in path.parts:
                    seen.update(f"{path}:{path.stat().st_mtime_ns}".encode())
        seen.update((REPOSITORY / "requirements.txt").read_bytes())
        seen.update((REPOSITORY / "deploy" / "routes.json").read_bytes())
        return seen.hexdigest()


def supervise(folder: Path) -> int:
    """Run a server until SIGTERM: the body of the supervisor's process."""
    home = Home(folder)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _failed(home, Refusal("This server is being started or stopped by somebody else."))
        try:
            supervisor = Supervisor(home, _all_components(home))
        except Refusal as refusal:
            return _failed(home, refusal)
        return _run(home, supervisor)


def _all_components(home: Home) -> list[Component]:
    wanted = settings.load(home.settings_file)
    ports, secrets = home.ports(PORTS), home.secrets(SECRETS)
    return [
        *infrastructure.components(home, ports, secrets, durable=wanted.durable),
        *services.components(wanted, home, ports, secrets),
    ]


def _run(home: Home, supervisor: Supervisor) -> int:
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: stopping.append(received))
    try:
        while not stopping:
            supervisor.tick()
            time.sleep(POLL)
    except (Refusal, OSError) as error:
        refusal = error if isinstance(error, Refusal) else Refusal(f"The supervisor failed: {error}.")
        return _failed(home, refusal)
    finally:
        supervisor.stop()
    return 0


def _failed(home: Home, refusal: Refusal) -> int:
    print(refusal.sentence, flush=True)
    failure = {"sentence": refusal.sentence, "log": str(refusal.log) if refusal.log else None}
    (home.folder / "failure.json").write_text(json.dumps(failure), encoding="utf-8")
    return 1


def known_servers() -> list[Server]:
    """All servers that have data on this machine."""
    found = sorted((REPOSITORY / ".run").glob("*/settings.json"))
    return [Server(settings.load(path), path.parent) for path in found]
