"""Runs a peer of another lineage (Fedify, on Node) for tests to federate with."""

import asyncio
import fcntl
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import httpx
import trustme

Json = dict[str, Any]
Visibility = Literal["public", "unlisted", "private", "direct"]
Signer = Literal["own", "stranger", "none"]
SignatureStyle = Literal["rfc9421", "draft-cavage-http-signatures-12"]
T = TypeVar("T")

HERE = Path(__file__).parent
START_WITHIN = 30.0  # an RSA key of 4096 bits takes seconds on a busy machine
STOP_WITHIN = 5.0
ACT_WITHIN = 30.0  # an act may fetch several documents from the other server
HAPPEN_WITHIN = 10.0
POLL_EVERY = 0.05


class RefusedError(Exception):
    """The peer could not do what was asked; the message is its own."""


class NeverHappenedError(AssertionError):
    """What a test waited for did not come about."""


async def eventually(look: Callable[[], Awaitable[T | None]], what: str, within: float) -> T:
    """Tell the first thing that `look` finds."""
    deadline = asyncio.get_running_loop().time() + within
    while (found := await look()) is None:
        if asyncio.get_running_loop().time() > deadline:
            raise NeverHappenedError(f"not within {within} s: {what}")
        await asyncio.sleep(POLL_EVERY)
    return found


@dataclass(frozen=True)
class Peer:
    """A running server; `origin` is what the federation sees, `log` what it wrote to stderr."""

    origin: str
    log: Path
    control: httpx.AsyncClient = field(repr=False)

    @property
    def host(self) -> str:
        return self.origin.removeprefix("https://")

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = await self.control.request(method, path, **options)
        except httpx.TransportError as error:
            raise RefusedError(f"the peer is gone: {self.log.read_text()}") from error
        if answer.is_error:
            raise RefusedError(answer.json()["error"])
        return answer.json()

    async def create_actor(
        self, name: str, *, display_name: str | None = None, locked: bool = False, aliases: Sequence[str] = ()
    ) -> "PeerActor":
        """Create someone; who is locked answers no Follow until told to, and who has aliases may be moved to."""
        fields = {"name": name, "display_name": display_name or name, "locked": locked, "aliases": list(aliases)}
        return PeerActor(self, **await self.ask("POST", "/actors", json=fields))

    async def received(self, type_: str | None = None) -> list[Json]:
        """Activities proven genuine, as {type, id, actor, recipient, raw}, in order of arrival.

        `recipient` is the name of whose inbox it was, or None for the shared one.
        """
        query = {} if type_ is None else {"type": type_}
        return cast(list[Json], await self.ask("GET", "/received", params=query))

    async def failures(self) -> list[Json]:
        """Deliveries that failed, as {activity, error}: an entry for every attempt."""
        return cast(list[Json], await self.ask("GET", "/failures"))

    async def requests(self) -> list[Json]:
        """What was asked of the federated face, as {method, path, headers, status}."""
        return cast(list[Json], await self.ask("GET", "/requests"))

    async def until_received(self, type_: str, *, within: float = HAPPEN_WITHIN, **fields: Any) -> Json:
        """Wait for an activity of the type whose entry has these fields."""

        async def look() -> Json | None:
            entries = await self.received(type_)
            return next((e for e in entries if fields.items() <= e.items()), None)

        return await eventually(look, f"{self.host} receives {type_} {fields}", within)


@dataclass(frozen=True)
class PeerActor:
    """Someone on the peer, who does what tests say."""

    peer: Peer = field(repr=False)
    name: str
    id: str
    handle: str
    inbox: str
    shared_inbox: str

    async def act(self, verb: str, **arguments: Any) -> Json:
        said = {key: value for key, value in arguments.items() if value is not None}
        return cast(Json, await self.peer.ask("POST", f"/actors/{self.name}/{verb}", json=said))

    async def follow(self, handle: str) -> Json:
        """Ask to follow a handle or an actor's address."""
        return await self.act("follow", handle=handle)

    async def unfollow(self, handle: str) -> Json:
        return await self.act("unfollow", handle=handle)

    async def accept(self, actor: str) -> Json:
        """Let in who asked; only who is locked has anyone to let in."""
        return await self.act("accept", actor=actor)

    async def reject(self, actor: str) -> Json:
        """Refuse who asked, or dismiss a follower."""
        return await self.act("reject", actor=actor)

    async def post(
        self,
        content: str,
        *,
        mentions: list[str] | None = None,
        in_reply_to: str | None = None,
        quote: str | None = None,
        quotable: bool | None = None,
        visibility: Visibility = "public",
    ) -> Json:
        """Write a note of HTML; a reply mentions the author of what it replies to, and who is quoted is asked."""
        return await self.act(
            "post",
            content=content,
            mentions=mentions,
            in_reply_to=in_reply_to,
            quote=quote,
            quotable=quotable,
            visibility=visibility,
        )

    async def edit(self, note_id: str, content: str) -> Json:
        return await self.act("edit", id=note_id, content=content)

    async def delete(self, note_id: str) -> Json:
        return await self.act("delete", id=note_id)

    async def like(self, note_id: str) -> Json:
        return await self.act("like", id=note_id)

    async def unlike(self, note_id: str) -> Json:
        return await self.act("unlike", id=note_id)

    async def boost(self, note_id: str) -> Json:
        return await self.act("boost", id=note_id)

    async def unboost(self, note_id: str) -> Json:
        return await self.act("unboost", id=note_id)

    async def lookup(self, what: str) -> Json:
        """Fetch an object, signed, by address or handle: what Fedify could read of it."""
        return await self.act("lookup", what=what)

    async def deliver(
        self,
        inbox: str,
        activity: Json,
        *,
        signer: Signer = "own",
        style: SignatureStyle = "rfc9421",
        tampered: bool = False,
    ) -> Json:
        """Post anything to an inbox once, signed in one style, and tell {status, body}.

        A stranger signs with another key under our key's id; what is tampered with was changed
        after it was signed.
        """
        arguments = {"inbox": inbox, "activity": activity, "signer": signer, "tampered": tampered}
        return await self.act("deliver", spec=style, **arguments)

    async def state(self) -> Json:
        """{followers, requests, following, notes, timeline}, all told by address."""
        return cast(Json, await self.peer.ask("GET", f"/actors/{self.name}"))

    async def until(self, holds: Callable[[Json], object], *, within: float = HAPPEN_WITHIN) -> Json:
        """Wait for a state in which something holds."""

        async def look() -> Json | None:
            state = await self.state()
            return state if holds(state) else None

        return await eventually(look, f"the state of {self.handle}", within)

    async def until_in_timeline(self, note_id: str, *, within: float = HAPPEN_WITHIN) -> Json:
        """Wait for a note of someone else, and tell it as Fedify understood it."""

        async def look() -> Json | None:
            timeline = (await self.state())["timeline"]
            return next((entry for entry in timeline if entry["id"] == note_id), None)

        return await eventually(look, f"{self.handle} sees {note_id}", within)


def install() -> None:
    """Install what package-lock.json says, unless that was done; safe to call at once."""
    lock, stamp = HERE / "package-lock.json", HERE / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with lock.open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--loglevel=error"]
        subprocess.run(command, cwd=HERE, check=True)
        stamp.write_text(wanted)


def write_credentials(ca: trustme.CA, host: str, folder: Path) -> dict[str, str]:
    """Write down a certificate for the host and what vouches for it, and tell where."""
    files = {f"PEER_{name}": folder / f"{name.lower()}.pem" for name in ("CERT", "KEY", "CA")}
    issued = ca.issue_cert(host)
    files["PEER_CERT"].write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    files["PEER_KEY"].write_bytes(issued.private_key_pem.bytes())
    files["PEER_CA"].write_bytes(ca.cert_pem.bytes())
    return {name: str(path) for name, path in files.items()}


async def start(environment: dict[str, str], log: Path) -> tuple[asyncio.subprocess.Process, Json]:
    """Start the program; once it listens, it says where in one line."""
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            "node",
            str(HERE / "src" / "main.js"),
            env=os.environ | environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_WITHIN)
        return process, json.loads(line)
    except (TimeoutError, json.JSONDecodeError) as error:
        await stop(process)
        said = await asyncio.to_thread(log.read_text)
        raise NeverHappenedError(f"the peer did not start: {said}") from error


async def stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()


@asynccontextmanager
async def open_peer(
    ca: trustme.CA, host: str = "fedify.localhost", *, log_level: str = "warning"
) -> AsyncIterator[Peer]:
    """Run a peer on free loopback ports, under a certificate of this authority.

    It trusts this authority alone and reaches names under `.localhost` alone.
    """
    await asyncio.to_thread(install)
    with tempfile.TemporaryDirectory(prefix="fedify-peer-") as name:
        folder = Path(name)
        log = folder / "stderr.log"
        environment = {"PEER_HOST": host, "PEER_PORT": "0", "PEER_CONTROL_PORT": "0"}
        environment |= {"PEER_LOG": log_level, **write_credentials(ca, host, folder)}
        process, started = await start(environment, log)
        try:
            async with httpx.AsyncClient(base_url=started["control"], timeout=ACT_WITHIN, trust_env=False) as control:
                (await control.get("/ready")).raise_for_status()
                yield Peer(origin=started["origin"], log=log, control=control)
        finally:
            await stop(process)
