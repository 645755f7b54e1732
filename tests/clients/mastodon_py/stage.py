"""A whole server, people on it with Mastodon.py in their hands, and a record of what they asked it for."""

import inspect
import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from mastodon import Mastodon

from native import authority
from native.server import Server

T = TypeVar("T")

WITHIN = 30.0
SCOPES = "read write follow push profile"
PASSWORD = "correct horse battery"


def public_methods() -> set[str]:
    """What Mastodon.py offers."""
    return {name for name, _ in inspect.getmembers(Mastodon, callable) if not name.startswith("_")}


def eventually(look: Callable[[], T]) -> T:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + WITHIN
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {WITHIN} s; last seen: {found!r}"
        time.sleep(0.1)
    return found


class Recording:
    """A client that keeps the names of the methods it was asked for, and of none that it calls itself."""

    def __init__(self, client: Any, called: set[str]) -> None:
        self._client = client
        self._called = called

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if callable(found):
            self._called.add(name)
        return found


class Stage:
    """Who is there, and what was called so far."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.base_url
        self.called: set[str] = set()
        self.played: set[str] = set()
        self._people: dict[str, Any] = {}

    def person(self, name: str) -> Any:
        """Somebody on the server, who joins when first asked for."""
        if name not in self._people:
            mail = f"{name}@mail.example"
            self.operate("accounts", "create", name, "--email", mail, "--password", PASSWORD, "--confirmed")
            token = self.operate("accounts", "token", name, "--scopes", SCOPES)
            self._people[name] = self.client(access_token=token)
        return self._people[name]

    def client(self, **credentials: Any) -> Any:
        client = Mastodon(api_base_url=self.url, session=self.session(), **credentials)
        return Recording(client, self.called)

    @property
    def unbound(self) -> Any:
        """The class itself, for what needs no client yet."""
        return Recording(Mastodon, self.called)

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(authority.certificate_file())
        return session

    def operate(self, *words: str) -> str:
        """The server's own command line."""
        done = subprocess.run([str(self.server.home.wrapper), *words], check=True, capture_output=True, text=True)
        return done.stdout.strip()
