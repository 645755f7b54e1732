"""The runner's command line; `make` calls it."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from native import caddyfile, demo, display, routes, settings
from native.errors import Refusal
from native.home import REPOSITORY, RUN
from native.infrastructure import Infrastructure
from native.server import Server, known_servers, supervise
from native.settings import DEFAULT_NAME, ServerSettings
from native.supervisor import TICK

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
File = Annotated[Path | None, typer.Option("--env", help="A file that describes the server.")]
Name = Annotated[str, typer.Option("--name", help="Which server; `all` for every one.")]
CONVENIENCE = REPOSITORY / "murmuration"


@app.command()
def up(env: File = None) -> None:
    """Start a server and wait until it is ready."""
    server = Server(settings.read(env) if env else ServerSettings())
    with display.Progress(f"Starting {server.settings.domain}") as progress:
        started = server.start(progress)
    if server.settings.name == DEFAULT_NAME:
        CONVENIENCE.unlink(missing_ok=True)
        CONVENIENCE.symlink_to(server.home.wrapper.relative_to(REPOSITORY))
    display.welcome(server, started=started)


@app.command()
def down(env: File = None, name: Name = "all") -> None:
    """Stop a server, or all of them; data stays."""
    for server in _chosen(env, name):
        if server.stop():
            display.console.print(f"[green]✓[/green] {server.settings.domain} is stopped; its data is kept.")
        else:
            display.console.print(f"[dim]·[/dim] {server.settings.domain} was not running.")


@app.command()
def clean(env: File = None, name: Name = "all") -> None:
    """Stop a server, or all of them, and forget their data."""
    for server in _chosen(env, name):
        server.forget()
        display.console.print(f"[green]✓[/green] {server.settings.domain} is forgotten.")
    CONVENIENCE.unlink(missing_ok=True)


@app.command()
def logs(env: File = None, name: Name = DEFAULT_NAME) -> None:
    """Follow the logs of a server."""
    server = _chosen(env, name)[0]
    files = sorted(map(str, (server.home.folder / "log").glob("*.log")))
    os.execvp("tail", ["tail", "-n", "5", "-F", *files])  # noqa: S606  # it takes our place


@app.command()
def status(name: Name = "all") -> None:
    """Say which servers run."""
    for server in _chosen(None, name):
        running = "[green]running[/green]" if server.is_running() else "[dim]stopped[/dim]"
        display.console.print(f"{server.settings.name}  {server.base_url}  {running}")


@app.command()
def servers(folder: Path = RUN / "tests") -> None:
    """Keep PostgreSQL, RabbitMQ and Redis running for many test runs, until interrupted."""
    with Infrastructure(folder) as infrastructure:
        display.console.print(f"In another terminal: export MURMURATION_TEST_HOME={infrastructure.home.folder}")
        while True:
            infrastructure.supervisor.tick()
            time.sleep(TICK)


@app.command(name="demo")
def show_demo() -> None:
    """Start two servers and let their people meet."""
    demo.run()


@app.command(name="supervise", hidden=True)
def run_supervisor(folder: Path) -> None:
    """Watch over one server; started by `up`."""
    raise typer.Exit(supervise(folder))


@app.command(name="routes", hidden=True)
def write_routes() -> None:
    """Write again what is generated from the route table."""
    caddyfile.COMPOSE_FILE.write_text(caddyfile.compose(routes.load()), encoding="utf-8")


def _chosen(env: Path | None, name: str) -> list[Server]:
    servers = known_servers()
    wanted = settings.read(env).name if env else name
    if wanted == "all":
        return servers
    found = [server for server in servers if server.settings.name == wanted]
    if not found:
        known = ", ".join(server.settings.name for server in servers) or "none"
        raise Refusal(f"There is no server {wanted!r} in {RUN.name}/ (known: {known}); make up starts one.")
    return found


def main() -> None:
    try:
        app()
    except Refusal as refusal:
        display.refuse(refusal)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
