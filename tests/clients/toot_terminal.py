"""A person at the command line of toot."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from clients.consent import code_from
from toot.cli import cli


def commands(group: click.Group = cli, *names: str) -> Iterator[str]:
    """What `toot --help` lists, and the helps of what it lists."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        elif not command.hidden:
            yield " ".join((*names, name))


class Spoken(io.RawIOBase):
    """What somebody types, line by line: a line may depend on what was shown before."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        line = next(self._lines, "").encode()
        buffer[: len(line)] = line
        return len(line)


class Terminal:
    """toot with a configuration of its own; it keeps the names of the commands that were run."""

    def __init__(self, home: Path, run: set[str]) -> None:
        self._runner = CliRunner(env={"XDG_CONFIG_HOME": str(home)})
        self._run = run

    def __call__(self, *words: str, fails: bool = False, typed: Any = None) -> str:
        """What toot said."""
        result = self._runner.invoke(cli, words, input=typed)
        assert (result.exit_code != 0) is fails, result.output
        self._run.add(" ".join(words[:2]) if isinstance(cli.commands[words[0]], click.Group) else words[0])
        return result.output

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def login(self, url: str, email: str, password: str) -> str:
        """As a person does: open the address, allow, and paste the code."""
        opened: list[str] = []

        def lines() -> Iterator[str]:
            yield "y\n"
            yield f"{code_from(opened[0], email, password)}\n"

        open_one: Callable[[str], None] = opened.append
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("webbrowser.open", open_one)
            return self("login", "--instance", url, typed=io.BufferedReader(Spoken(lines())))
