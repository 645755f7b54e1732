"""Two servers, two people: they follow each other, post, and read what the other wrote."""

import html
import re
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from rich.columns import Columns
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from native import loopback
from native.display import Progress, console
from native.errors import Refusal
from native.server import Server
from native.settings import LOCAL_CA, ServerSettings

SCOPES = "read write follow push"
PATIENCE = 20.0
POSTS_SHOWN = 4
LOOPBACK = "127.0.0.0/8"
WORDS = {
    "alice": "Hello from alpha! The starlings are out over the pier tonight. #murmuration",
    "bob": "Greetings from beta. Thousands of birds, no conductor, one movement. #murmuration",
}


def alpha_and_beta() -> tuple[ServerSettings, ServerSettings]:
    return _described("alpha", 8443), _described("beta", 8444)


def _described(name: str, port: int) -> ServerSettings:
    return ServerSettings(
        name=name,
        domain=f"{name}.localhost:{port}",
        listen=f"127.0.0.1:{port}",
        certificate=LOCAL_CA,
        allowed_private_networks=(LOOPBACK,),
    )


@dataclass(frozen=True)
class Person:
    """Somebody with a token on one of the two servers."""

    name: str
    server: Server
    client: httpx.Client

    @property
    def handle(self) -> str:
        return f"@{self.name}@{self.server.settings.domain}"

    def get(self, path: str, **params: str) -> Any:
        return self._answer(self.client.get(path, params=params))

    def post(self, path: str, **data: str) -> Any:
        return self._answer(self.client.post(path, data=data))

    def _answer(self, response: httpx.Response) -> Any:
        if response.is_error:
            request = response.request
            raise Refusal(
                f"{self.server.settings.domain} answered {request.method} {request.url.path} with "
                f"{response.status_code}: {response.text[:200]}",
                self.server.home.log("api-gateway"),
            )
        return response.json()


def run() -> None:
    """Start both servers, let alice and bob meet, and show what each of them reads at home."""
    alpha, beta = (Server(described) for described in alpha_and_beta())
    for server in (alpha, beta):
        with Progress(f"Starting {server.base_url}") as progress:
            server.start(progress)
    with ExitStack() as stack:
        alice = stack.enter_context(_person("alice", alpha))
        bob = stack.enter_context(_person("bob", beta))
        _meet(alice, bob)
        _meet(bob, alice)
        written = {person.handle: _write(person) for person in (alice, bob)}
        homes = [_home(alice, written[bob.handle]), _home(bob, written[alice.handle])]
    console.print(Columns(homes, equal=True, expand=True))
    _farewell(alpha, beta)


@contextmanager
def _person(name: str, server: Server) -> Iterator[Person]:
    """Create the account unless it is there, and sign in with a fresh token."""
    with loopback.client(server, timeout=PATIENCE) as client:
        found = client.get("/api/v1/accounts/lookup", params={"acct": name})
        if found.status_code == httpx.codes.NOT_FOUND:
            _create(name, server)
        token = _operator(server, "accounts", "token", name, "--scopes", SCOPES).split()[-1]
        client.headers["Authorization"] = f"Bearer {token}"
        yield Person(name, server, client)


def _create(name: str, server: Server) -> None:
    password = secrets.token_urlsafe(12)
    email = f"{name}@example.com"
    _operator(server, "accounts", "create", name, "--email", email, "--password", password, "--confirmed")
    _tick(f"{name} signs in on {server.base_url} as {email} with the password {password}")


def _operator(server: Server, *words: str) -> str:
    """Run the operator's command line of the server."""
    command = [str(server.home.wrapper), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Refusal(f"murmuration {' '.join(words[:3])} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _meet(person: Person, other: Person) -> None:
    """Find the other across the border, follow them, and wait until they accepted."""
    found = person.get("/api/v2/search", q=other.handle, type="accounts", resolve="true")["accounts"]
    if not found:
        raise Refusal(f"{other.handle} could not be found from {person.handle}.", person.server.home.log("inbox"))
    account = found[0]["id"]
    if not _follows(person, account):
        person.post(f"/api/v1/accounts/{account}/follow")
    took = _until(lambda: _follows(person, account), f"{other.handle} to accept {person.handle}", person)
    _tick(f"{person.handle} follows {other.handle}", took)


def _follows(person: Person, account: str) -> bool:
    return bool(person.get("/api/v1/accounts/relationships", **{"id[]": account})[0]["following"])


def _write(person: Person) -> str:
    """Post the words unless an earlier run did; the post's URI is the same everywhere."""
    own = person.get("/api/v1/accounts/verify_credentials")["id"]
    for status in person.get(f"/api/v1/accounts/{own}/statuses"):
        if _plain(status["content"]) == WORDS[person.name]:
            return str(status["uri"])
    return str(person.post("/api/v1/statuses", status=WORDS[person.name])["uri"])


def _home(person: Person, awaited: str) -> Panel:
    """The person's home timeline, once the other's post is in it."""

    def arrived() -> bool:
        return any(status["uri"] == awaited for status in person.get("/api/v1/timelines/home"))

    took = _until(arrived, f"the other's post in the home timeline of {person.handle}", person)
    _tick(f"{person.handle} sees the other's post", took)
    posts = [_shown(status) for status in person.get("/api/v1/timelines/home")[:POSTS_SHOWN]]
    return Panel(Group(*posts), title=f"[bold]Home of {person.handle}[/bold]", border_style="cyan")


def _shown(status: dict[str, Any]) -> Text:
    shown = Text(status["account"]["display_name"] or status["account"]["username"], "bold")
    shown.append(f"  @{status['account']['acct']}\n", "dim")
    return shown.append(_plain(status["content"]) + "\n", "default")


def _plain(content: str) -> str:
    spaced = re.sub(r"</p>\s*<p>|<br\s*/?>", "\n", content)
    return html.unescape(re.sub(r"<[^>]+>", "", spaced)).strip()


def _until(happened: Callable[[], bool], awaited: str, person: Person) -> float:
    """Wait for it; the seconds it took."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > PATIENCE:
            log = person.server.home.log("inbox")
            raise Refusal(f"Waited {PATIENCE:.0f} seconds in vain for {awaited}.", log)
        time.sleep(0.05)
    return time.monotonic() - began


def _tick(sentence: str, took: float | None = None) -> None:
    console.print(f"[green]✓[/green] {sentence}" + (f" [dim]{took:.2f} s[/dim]" if took else ""), soft_wrap=True)


def _farewell(alpha: Server, beta: Server) -> None:
    console.print(f"\nLook on: [cyan]{alpha.base_url}[/cyan] and [cyan]{beta.base_url}[/cyan]", end=" ")
    console.print("(their authority is .run/ca/ca.pem; a browser asks whether you trust it)")
    console.print("More people: [bold].run/alpha/murmuration accounts create …[/bold]")
    console.print("Stop: [bold]make down[/bold] keeps all data, [bold]make clean[/bold] forgets it")
