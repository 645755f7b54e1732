"""Class DOS: what we fetch ends: in time, in size, and after a few steps."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import orjson
import pytest
from aiohttp import web
from doorstep import Doorstep, counted
from neighbours import ACTIVITY, Handler, Neighbours, Person
from outward import is_followed

from apcore.fetch import Fetcher, FetchFailed, FetchRefused
from chassis.db import Database
from contracts.ids import Uri
from inbox.resources import fetch_settings
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation.featured import MOST
from social.statuses import reading

PIECE = b" " * 65_536
ENOUGH = 100_000_000
INTERNAL = {"Authorization": "Bearer internal"}


def dripping(content_type: str = ACTIVITY) -> Handler:
    """A byte each tenth of a second, for ever."""

    async def drip(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    return drip


class Endless:
    """A body without end, and how much of it went out."""

    def __init__(self, content_type: str = ACTIVITY, **headers: str) -> None:
        self.sent = 0
        self._headers = {"Content-Type": content_type, **headers}

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers=self._headers)
        await response.prepare(request)
        while self.sent < ENOUGH and request.transport is not None and not request.transport.is_closing():
            await response.write(PIECE)
            self.sent += len(PIECE)
            await asyncio.sleep(0)
        return response


def packed(body: bytes, coding: str, content_type: str = ACTIVITY) -> Handler:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(body=body, headers={"Content-Type": content_type, "Content-Encoding": coding})

    return answer


async def total(door: Doorstep, table: str) -> int:
    count: int = await door.res.db.fetchval(f"SELECT count(*) FROM social.{table}")
    return count


@pytest.fixture
def quick(door: Doorstep) -> Callable[[], Fetcher]:
    """The client of inbox, but less patient."""
    settings = msgspec.structs.replace(
        fetch_settings(door.res.settings),
        deadline_seconds=0.5,
        connect_seconds=0.4,
        refused_seconds=0,
        failed_seconds=0,
    )
    return lambda: Fetcher(settings)


async def test_dos_03_whoever_drips_is_left_and_holds_up_nobody(
    quick: Callable[[], Fetcher], neighbours: Neighbours, bob: Person
) -> None:
    base = f"https://evil.localhost:{neighbours.port}"
    for path in ("actor", "key", "picture", "collection"):
        neighbours.handles(f"{base}/{path}", dripping("image/png" if path == "picture" else ACTIVITY))
    silent = await asyncio.start_server(_accept_and_say_nothing, "127.0.0.1", 0)
    mute = f"https://evil.localhost:{silent.sockets[0].getsockname()[1]}/actor"
    loop = asyncio.get_running_loop()
    async with quick() as fetcher, silent:
        asked = [
            fetcher.get_document(f"{base}/actor"),
            fetcher.get_document(f"{base}/key", exact=True),
            fetcher.get_bytes(f"{base}/picture", limit=10_000_000),
            fetcher.get_document(f"{base}/collection", any_id=True),
            fetcher.get_document(mute),
            fetcher.post(mute, b"{}", {}),
        ]
        started = loop.time()
        slow = asyncio.gather(*asked, return_exceptions=True)
        await asyncio.sleep(0.1)
        at = loop.time()
        await fetcher.get_document(bob.uri)
        assert loop.time() - at < 0.4
        failures = await slow
        assert loop.time() - started < 2
    assert [type(failure) for failure in failures] == [FetchFailed] * len(asked)


async def _accept_and_say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(1)
    writer.close()


async def test_dos_09_a_key_that_is_not_there_is_looked_for_once(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    looping = neighbours.person("looping", "evil.localhost", key=1)
    neighbours.redirects(looping.uri, f"{looping.uri}?again")
    neighbours.redirects(f"{looping.uri}?again", looping.uri)
    absent = neighbours.person("absent", "evil.localhost", key=1)
    neighbours.fails(absent.uri, 404)
    keyless = neighbours.person("keyless", "evil.localhost", key=1, publicKey=None)
    other = neighbours.person("other", "evil.localhost", key=1, publicKey={"id": "https://good.localhost/k"})
    for person, most in ((looping, 4), (absent, 1), (keyless, 1), (other, 1)):
        before = len(neighbours.asked)
        for _ in range(50):
            door.forgets_failures()
            assert (await door.deliver(person, person.does("Follow", alice.uri))).status_code == 401
        assert len(neighbours.asked) - before == most, person.uri
        assert door.res.keyring.has_none(Uri(person.uri))
    # For ten minutes; then it may have got one.
    door.res.keyring._keyless[Uri(absent.uri)] = door.res.keyring._clock() - 1
    neighbours.serves(absent.uri, absent.document())
    door.forgets_failures()
    assert await door.hears(absent, absent.does("Follow", alice.uri)) == "done"


@pytest.mark.parametrize("place", ["actor", "object", "webfinger", "host-meta", "nodeinfo"])
async def test_dos_11_and_dos_23_a_body_without_end_is_read_to_the_cap(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours, gateway: Database, place: str
) -> None:
    """Plain or packed; also behind the redirect of a well-known address."""
    mallory = neighbours.person("mallory", "evil.localhost", key=1)
    base = f"https://{mallory.host}"
    await is_followed(door, bob, alice, gateway)
    bomb = zlib.compress(b" " * 20_000_000)
    for body in (
        Endless(),
        packed(bomb, "deflate"),
        packed(gzip.compress(b" " * 20_000_000), "gzip"),
        packed(b"x", "br"),
    ):
        door.forgets_failures()
        door.res.keyring._keyless.clear()
        neighbours.handles(f"{base}/huge", body)
        match place:
            case "actor":
                neighbours.handles(mallory.uri, body)
                assert (await door.deliver(mallory, mallory.does("Follow", alice.uri))).status_code == 401
            case "object":
                assert await door.hears(bob, bob.does("Announce", f"{base}/huge")) == "unknown_object"
            case "webfinger" | "host-meta":
                neighbours.handles(
                    f"{base}/.well-known/webfinger?resource=acct%3Ax%40{_quoted(mallory.host)}", _to(place)
                )
                neighbours.redirects(f"{base}/.well-known/host-meta", f"{base}/huge")
                await _resolve(door, f"x@{mallory.host}")
            case _:
                with pytest.raises(FetchRefused):
                    await door.res.fetcher.get_json(f"{base}/huge")
        if isinstance(body, Endless):
            assert 0 < body.sent < 30_000_000
    assert await total(door, "statuses") == 0


def _quoted(host: str) -> str:
    return host.replace(":", "%3A")


def _to(place: str) -> Handler:
    async def answer(_: web.BaseRequest) -> web.Response:
        if place == "webfinger":
            return web.Response(status=302, headers={"Location": "/huge"})
        return web.Response(status=404)

    return answer


async def _resolve(door: Doorstep, resource: str) -> int:
    return (await door.client.post("/internal/resolve", json={"resource": resource}, headers=INTERNAL)).status_code


async def test_dos_13_and_dos_30_a_thread_is_climbed_only_so_far(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    """Each parent has a parent of its own, for ever."""
    base = f"https://{bob.host}/climb"
    steps = 0

    async def step(request: web.BaseRequest) -> web.Response:
        nonlocal steps
        steps += 1
        number = int(request.path.rpartition("/")[2])
        note = bob.note() | {"id": f"{base}/{number}", "inReplyTo": f"{base}/{number + 1}"}
        neighbours.handles(f"{base}/{number + 1}", step)
        return web.Response(body=orjson.dumps(note), headers={"Content-Type": ACTIVITY})

    neighbours.handles(f"{base}/1", step)
    note = bob.note(inReplyTo=f"{base}/1", cc=[alice.uri])
    assert await door.hears(bob, bob.creates(note)) == "done"
    assert steps == door.res.settings.thread_depth
    assert await total(door, "statuses") == steps + 1


async def test_dos_13_collections_that_lead_from_page_to_page_are_read_for_some_pages(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours, gateway: Database
) -> None:
    base = f"https://{bob.host}"
    pages = 0

    async def page(request: web.BaseRequest) -> web.Response:
        nonlocal pages
        pages += 1
        url = f"{base}{request.path}"
        document = {"type": "OrderedCollectionPage", "id": url, "orderedItems": [url], "next": f"{url}x", "first": url}
        neighbours.handles(f"{url}x", page)
        return web.Response(body=orjson.dumps(document), headers={"Content-Type": ACTIVITY})

    for start in ("replies", "featured", "tags", "outbox", "followers", "following"):
        neighbours.handles(f"{base}/{start}", page)
        first: Any = {"type": "OrderedCollection", "id": f"{base}/{start}-of", "first": f"{base}/{start}"}
        neighbours.serves(f"{base}/{start}-of", first)
    bob.profile = {"featuredTags": f"{base}/tags-of"}
    bob.profile |= {name: f"{base}/{name}-of" for name in ("featured", "outbox", "followers", "following")}
    bob.publish()
    note = bob.note(replies=f"{base}/replies-of", cc=[alice.uri])
    assert await door.hears(bob, bob.creates(note)) == "done"
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert status is not None
    # Walking a thread that somebody opens has bounds of its own, which its own tests hold.
    assert pages <= 12


async def test_dos_29_a_collection_of_a_million_makes_us_ask_its_own_server_for_a_few(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    victims = [f"https://good.localhost:{neighbours.port}/{n}" for n in range(400)]
    own = [f"https://{bob.host}/pinned/{n}" for n in range(400)]
    featured = f"https://{bob.host}/featured"
    items = [*victims, *own, *({"type": "Note", "id": uri, "attributedTo": bob.uri} for uri in victims)]
    neighbours.serves(featured, {"type": "OrderedCollection", "id": featured, "orderedItems": items})
    bob.profile = {"featured": featured}
    bob.publish()
    await door.hears(bob, bob.does("Follow", alice.uri))
    assert not any(name.startswith("good.localhost") for name in neighbours.asked)
    assert len([name for name in neighbours.asked if "/pinned/" in name]) <= MOST
    assert (await total(door, "statuses"), await total(door, "status_pins")) == (0, 0)
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    assert account.followers_url == bob.followers


async def test_dos_03_who_stops_waiting_takes_nothing_from_the_others(
    quick: Callable[[], Fetcher], neighbours: Neighbours, bob: Person
) -> None:
    """One fetch serves many: the first to ask may be cancelled, the others get their answer."""
    asked = asyncio.Event()

    async def late(_: web.BaseRequest) -> web.Response:
        asked.set()
        await asyncio.sleep(0.2)
        return web.Response(body=orjson.dumps(bob.document()), headers={"Content-Type": ACTIVITY})

    neighbours.handles(bob.uri, late)
    async with quick() as fetcher:
        first, second = (asyncio.create_task(fetcher.get_document(bob.uri)) for _ in range(2))
        await asked.wait()
        first.cancel()
        assert (await second).document["id"] == bob.uri
        with pytest.raises(asyncio.CancelledError):
            await first
    assert neighbours.times_asked(bob.uri) == 1
    assert counted("apcore_fetch_requests_total", "method", "outcome")["GET", "ok"] > 0


@pytest.mark.parametrize("changes", [{"body_seconds": 0.2}])
async def test_dos_03_a_delivery_that_drips_is_not_waited_for(door: Doorstep, bob: Person, alice: Account) -> None:
    body = orjson.dumps(bob.does("Follow", alice.uri))

    async def drops() -> AsyncIterator[bytes]:
        for byte in body:
            yield bytes([byte])
            await asyncio.sleep(0.05)

    headers = bob.signed("https://ours.test/inbox", body)
    assert (await door.client.post("/inbox", content=drops(), headers=headers)).status_code == 408
    assert (await door.client.post("/inbox", content=body, headers=headers)).status_code == 202
