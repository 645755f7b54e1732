"""`murmuration`: what an operator does by hand."""

from importlib.metadata import version
from typing import Annotated

import typer

from murmuration import (
    accounts,
    announcements,
    doctor,
    domains,
    emojis,
    leaving,
    letters,
    migrations,
    peers,
    posts,
    queues,
    relays,
    rotating,
    server,
    tokens,
    top,
    trends,
)
from murmuration.console import configure, out

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run a Murmuration server: people, settings, announcements, other servers, queues, health.",
    epilog="The server is found by the MURMURATION_* environment variables that the services use.",
)
accounts.app.command("token")(tokens.issue)
accounts.app.command("delete")(leaving.delete)
accounts.app.command("move")(leaving.move)
accounts.app.command("rotate-keys")(rotating.rotate)
accounts.app.add_typer(leaving.aliases, name="alias")
queues.app.command("dead")(letters.show)
queues.app.command("peek")(letters.show)
queues.app.command("redrive")(letters.redrive)
queues.app.command("discard")(letters.discard)
app.add_typer(accounts.app, name="accounts")
app.add_typer(announcements.app, name="announcements")
app.add_typer(domains.app, name="domains")
app.add_typer(emojis.app, name="emoji")
app.add_typer(peers.app, name="peers")
app.add_typer(posts.app, name="posts")
app.add_typer(queues.app, name="queues")
app.add_typer(relays.app, name="relays")
app.add_typer(server.app, name="server")
app.add_typer(trends.app, name="trends")
app.command("migrate")(migrations.migrate)
app.command("doctor")(doctor.examine)
app.command("top")(top.top)


@app.command("version")
def show_version() -> None:
    """Show which release this is."""
    out.print(f"murmuration {version('murmuration')}", highlight=False)


@app.callback()
def main(
    *,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show what happens below, too.")] = False,
) -> None:
    configure(verbose=verbose)


if __name__ == "__main__":
    app()
