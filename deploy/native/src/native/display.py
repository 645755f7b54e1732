"""What a person sees while a server starts."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from native.errors import Refusal
from native.home import REPOSITORY
from native.server import Server

console = Console(highlight=False)
LABELS = {
    "postgres": "PostgreSQL",
    "epmd": "Erlang port mapper",
    "rabbitmq": "RabbitMQ",
    "redis": "Redis",
    "migrate": "Migrations",
    "queues": "Queues",
    "caddy": "Caddy",
}
MARKS = {"ready": Text("✓", "green"), "done": Text("✓", "green"), "waiting": Text("·", "dim")}


class Progress:
    """A list of components that fills with ticks; plain lines when nobody watches a terminal."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self.took: dict[str, float] = {}
        self._announced = False
        self._live = Live(console=console, refresh_per_second=8, transient=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def __call__(self, states: Mapping[str, str]) -> None:
        if not self._announced:
            # A server that runs already has nothing to show.
            if states and all(state in ("ready", "done") for state in states.values()):
                return
            self._announce()
        for name, state in states.items():
            if state in ("ready", "done") and name not in self.took:
                self.took[name] = time.monotonic() - self.began
                if not console.is_terminal:
                    console.print(f"  ✓ {LABELS.get(name, name)} ({self.took[name]:.1f} s)")
        if console.is_terminal:
            self._live.update(self._table(states))

    def _announce(self) -> None:
        self._announced = True
        console.print(f"[bold]{self.title}[/bold]")
        if console.is_terminal:
            self._live.start()

    def _table(self, states: Mapping[str, str]) -> Table:
        table = Table.grid(padding=(0, 1))
        for name, state in states.items():
            mark = MARKS.get(state) or Spinner("dots", style="cyan")
            took = Text(f"{self.took[name]:.1f} s" if name in self.took else "", "dim")
            table.add_row("", mark, LABELS.get(name, name), took)
        return table


def welcome(server: Server, *, started: bool) -> None:
    """Where the server is and what to do first. Commands stay on one line, to be copied."""
    command, which = _shortest_command(server), _which(server)
    state = "is running" if started else "was running already"
    console.print(f"\n[green]✓[/green] [bold]Murmuration {state} on [cyan]{server.base_url}[/cyan][/bold]\n")
    for label, text in (
        ("An account", f"{command} accounts create alice --email alice@example.com --role Owner --confirmed"),
        ("", "prints a password; sign in with it there, or point a Mastodon app at the address"),
        ("A token", f'{command} accounts token alice --scopes "read write follow push"'),
        ("Logs", f"make logs{which}"),
        ("Stop", f"make down{which} keeps all data, make clean{which} forgets it"),
    ):
        console.print(f"  [dim]{label:<12}[/dim]{text}", soft_wrap=True)


def _shortest_command(server: Server) -> str:
    return "./murmuration" if server.settings.name == "default" else _relative(server.home.wrapper)


def _which(server: Server) -> str:
    return "" if server.settings.name == "default" else f" NAME={server.settings.name}"


def _relative(path: Path | None) -> str:
    return str(path).replace(f"{REPOSITORY}/", "")


def refuse(refusal: Refusal) -> None:
    """One clear sentence, and the end of the log that explains it."""
    error = Console(stderr=True, highlight=False)
    error.print(f"[bold red]✗[/bold red] {refusal.sentence}", soft_wrap=True)
    if tail := refusal.tail():
        error.print(Panel(Text(tail), title=_relative(refusal.log), border_style="red"))
