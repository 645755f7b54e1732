"""Where one server keeps everything: a folder under `.run/` with its data, logs, ports and secrets."""

import json
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from native.ports import choose, is_free

REPOSITORY = Path(__file__).resolve().parents[4]
RUN = REPOSITORY / ".run"
AUTHORITY = RUN / "ca"


class Home:
    """A server's folder. What is generated once is remembered in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @classmethod
    def named(cls, name: str) -> "Home":
        return cls(RUN / name)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.json"

    @property
    def wrapper(self) -> Path:
        return self.folder / "murmuration"

    def log(self, component: str) -> Path:
        return self.make("log") / f"{component}.log"

    def pidfile(self, component: str) -> Path:
        return self.make("pid") / f"{component}.pid"

    def make(self, *parts: str) -> Path:
        """The subfolder, created when missing."""
        path = self.folder.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def ports(self, wanted: Iterable[str], *, running: bool = False) -> dict[str, int]:
        """A port for each name, the same as last time unless somebody else took it meanwhile."""
        wanted = list(wanted)
        remembered: dict[str, int] = self._remembered("ports.json")
        kept = {
            name: port
            for name, port in remembered.items()
            if name in wanted and (running or is_free("127.0.0.1", port))
        }
        missing = [name for name in wanted if name not in kept]
        ports = kept | dict(zip(missing, choose(len(missing), taken=kept.values()), strict=True))
        if ports != remembered:
            self._remember("ports.json", ports)
        return ports

    def secrets(self, wanted: Iterable[str]) -> dict[str, str]:
        """A random secret for each name, the same as last time."""
        remembered: dict[str, str] = self._remembered("secrets.json")
        found = {name: secrets.token_hex(32) for name in wanted} | remembered
        if found != remembered:
            self._remember("secrets.json", found)
        return found

    def forget(self) -> None:
        """Remove the folder and all data in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remembered(self, file: str) -> Any:
        path = self.folder / file
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def _remember(self, file: str, values: dict[str, int] | dict[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_private(self.folder / file, json.dumps(values, indent=2))


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=mode)
    draft.chmod(mode)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
