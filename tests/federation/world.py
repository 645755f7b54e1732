"""People on running servers, doing what an app does for them."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from waiting import eventually

from native import loopback
from native.server import Server

Json = dict[str, Any]


def words(status: Json) -> str:
    """What a status says, without its markup."""
    return re.sub(r"<[^>]+>", "", str(status["content"]))


class Person:
    """Somebody with an account and a token on a server."""

    def __init__(self, name: str, server: Server, client: httpx.AsyncClient, token: str) -> None:
        self.name = name
        self.server = server
        self.client = client
        self.token = token

    @property
    def handle(self) -> str:
        return f"@{self.name}@{self.server.settings.domain}"

    async def get(self, path: str, **params: Any) -> Any:
        return _answer(await self.client.get(path, params=params))

    async def send(self, path: str, **data: Any) -> Any:
        return _answer(await self.client.post(path, json=data))

    async def find(self, handle: str) -> Json:
        """An account anywhere, by its handle."""
        found = await self.get("/api/v2/search", q=handle, type="accounts", resolve="true")
        assert found["accounts"], f"{self.handle} cannot find {handle}"
        account: Json = found["accounts"][0]
        return account

    async def follow(self, handle: str) -> Json:
        """Follow, and wait until the other side has agreed."""
        account = await self.find(handle)
        await self.send(f"/api/v1/accounts/{account['id']}/follow")

        async def follows() -> bool:
            relations = await self.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
            return bool(relations[0]["following"])

        await eventually(follows)
        return account

    async def post(self, text: str, **more: Any) -> Json:
        posted: Json = await self.send("/api/v1/statuses", status=text, **more)
        return posted

    async def delete(self, status: Json) -> None:
        _answer(await self.client.delete(f"/api/v1/statuses/{status['id']}"))

    async def home(self, limit: int = 20) -> list[Json]:
        statuses: list[Json] = await self.get("/api/v1/timelines/home", limit=limit)
        return statuses

    async def sees(self, uri: str, *, within: float = 20) -> Json:
        """Wait until the status, or a boost of it, is in the home timeline; return it."""

        async def look() -> Json | None:
            return next((s for s in await self.home(40) if uri in (s["uri"], (s["reblog"] or {}).get("uri"))), None)

        found = await eventually(look, within=within)
        assert found is not None
        return found

    async def sees_no_more(self, uri: str) -> None:
        async def is_gone() -> bool:
            return all(uri not in (s["uri"], (s["reblog"] or {}).get("uri")) for s in await self.home(40))

        await eventually(is_gone)

    async def is_told(self, kind: str, by: "Person") -> Json:
        """Wait for a notification of that kind; return it."""

        async def look() -> Json | None:
            told = await self.get("/api/v1/notifications", **{"types[]": kind})
            acct = f"{by.name}@{by.server.settings.domain}" if by.server is not self.server else by.name
            return next((n for n in told if n["account"]["acct"] == acct), None)

        found = await eventually(look)
        assert found is not None
        return found

    async def is_told_of(self, uri: str, kind: str = "mention") -> Json:
        """Wait for a notification about the status; return it."""

        async def look() -> Json | None:
            told = await self.get("/api/v1/notifications", **{"types[]": kind})
            return next((n for n in told if n["status"] and n["status"]["uri"] == uri), None)

        found = await eventually(look)
        assert found is not None
        return found

    async def upload(self, content: bytes, description: str) -> Json:
        """A picture that is ready to be posted."""
        file = {"file": ("picture.jpg", content, "image/jpeg")}
        media: Json = _answer(await self.client.post("/api/v2/media", files=file, data={"description": description}))

        async def ready() -> bool:
            return (await self.client.get(f"/api/v1/media/{media['id']}")).status_code == 200

        await eventually(ready)
        return media


async def relation(person: Person, account: Json) -> Json:
    [found] = await person.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
    return dict(found)


def _answer(reply: httpx.Response) -> Any:
    assert reply.is_success, f"{reply.request.method} {reply.request.url}: {reply.status_code} {reply.text[:300]}"
    return json.loads(reply.content)


async def operate(server: Server, *words: str) -> str:
    """Run the operator's command line of the server; return what it printed."""
    done = await asyncio.to_thread(
        subprocess.run, [str(server.home.wrapper), *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"murmuration {' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


@asynccontextmanager
async def open_person(name: str, server: Server) -> AsyncIterator[Person]:
    """Create the account and sign in."""
    email = f"{name}@example.com"
    await operate(server, "accounts", "create", name, "--email", email, "--password", "a-long-password", "--confirmed")
    token = await operate(server, "accounts", "token", name, "--scopes", "read write follow push")
    async with loopback.async_client(server, headers={"Authorization": f"Bearer {token}"}) as client:
        yield Person(name, server, client, token)
