"""Every way in which strangers make this server open a connection, and what waits where it must not go."""

import asyncio
import datetime as dt
import itertools
import socket
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import msgspec
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from doorstep import Doorstep, counted
from neighbours import KEYS, Person
from people import a_post
from push_service import Telephone
from signing_in import a_user
from talking import Person as Talker
from talking import a_person
from town import OpenTown, Town

from apcore.fetch import Fetcher
from chassis.clock import utc_now
from chassis.db import Database
from chassis.worker import Verdict
from contracts.ids import Domain, Uri
from delivery import sending
from delivery.model import Body, BodyId
from inbox.resources import fetch_settings
from social.accounts import store as accounts
from social.accounts.model import Account
from social.emojis import store as emojis
from social.media.model import version_of
from social.oauth import actions as oauth
from social.push import store as push
from social.push.model import ALERTS, Wanted
from social.push.sealing import seal
from social.relationships import actions as relationships
from timeline.jobs import Push

INTERNAL = {"Authorization": "Bearer internal"}

Way = Callable[[str], Awaitable[str]]

_numbers = itertools.count(1)


class Names(AbstractResolver):
    """What names stand for. Each query takes the next of a name's answers; the last one stays."""

    def __init__(self) -> None:
        self._answers: dict[str, deque[list[str]]] = {}
        self.asked: Counter[str] = Counter()

    def lead(self, name: str, *answers: list[str]) -> None:
        self._answers[name] = deque(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked[host] += 1
        answers = self._answers.get(host)
        if not answers:
            raise OSError("no such name")
        return [_result(host, address, port) for address in (answers.popleft() if len(answers) > 1 else answers[0])]

    async def close(self) -> None:
        pass


def _result(host: str, address: str, port: int) -> ResolveResult:
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)


class Canary:
    """Listeners on two addresses of this machine that are not among those allowed; they say if anyone came."""

    def __init__(self, listeners: list[socket.socket]) -> None:
        self._listeners = listeners
        self.port: int = listeners[0].getsockname()[1]

    async def was_reached(self) -> bool:
        await asyncio.sleep(0.02)
        return any(_somebody_at(listener) for listener in self._listeners)


def _somebody_at(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return False
    connection.close()
    return True


@pytest.fixture
def canary() -> Iterator[Canary]:
    """On 127.0.0.3 and ::1; what is allowed in these tests is 127.0.0.1 alone."""
    with socket.create_server(("127.0.0.3", 0)) as first:
        port = first.getsockname()[1]
        with socket.create_server(("::1", port), family=socket.AF_INET6) as second:
            for listener in (first, second):
                listener.setblocking(False)
            yield Canary([first, second])


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
async def outward(
    open_town: OpenTown, names: Names, door: Doorstep, alice: Account, bob: Person
) -> AsyncIterator["Outward"]:
    settings = msgspec.structs.replace(
        fetch_settings(door.res.settings), deadline_seconds=3, refused_seconds=0, failed_seconds=0
    )
    async with Fetcher(settings, resolver=names) as fetcher, open_town(fetcher=fetcher) as town:
        await is_followed(town.door, bob, alice, town.stage.gateway)
        yield Outward(town, alice, bob)


async def is_followed(door: Doorstep, person: Person, by: Account, gateway: Database) -> None:
    """What nobody here follows is not even fetched."""
    await door.hears(person, person.does("Follow", by.uri))
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    async with gateway.transaction() as tx:
        await relationships.follow(tx, by, account, now=utc_now())
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, by, account)


class Outward:
    """Each way takes the host to be led to, and returns what its causer was answered."""

    def __init__(self, town: Town, alice: Account, bob: Person) -> None:
        self.town, self.alice, self.bob = town, alice, bob
        self.door = town.door
        self.ways = (
            self.actor,
            self.object,
            self.parent,
            self.mention,
            self.handle,
            self.address,
            self.avatar,
            self.emoji,
            self.attachment,
            self.push,
            self.inbox,
        )
        self.some_ways = (self.handle, self.actor, self.inbox)

    def _url(self, host: str) -> str:
        return f"https://{host}/things/{next(_numbers)}"

    async def actor(self, host: str) -> str:
        name = f"x{next(_numbers)}"
        stranger = Person(neighbours=self.door.neighbours, username=name, host=host, pair=KEYS[0])
        answer = await self.door.deliver(stranger, stranger.does("Follow", self.alice.uri))
        await self.door.settle()
        return answer.text

    async def object(self, host: str) -> str:
        return await self.door.hears(self.bob, self.bob.does("Announce", self._url(host)))

    async def parent(self, host: str) -> str:
        note = self.bob.note(inReplyTo=self._url(host), cc=[self.alice.uri])
        return await self.door.hears(self.bob, self.bob.creates(note))

    async def mention(self, host: str) -> str:
        tag = [{"type": "Mention", "href": self._url(host), "name": "@x"}]
        return await self.door.hears(self.bob, self.bob.creates(self.bob.note(tag=tag, cc=[self.alice.uri])))

    async def handle(self, host: str) -> str:
        return await self.resolved(f"x{next(_numbers)}@{host}")

    async def address(self, host: str) -> str:
        return await self.resolved(self._url(host))

    async def resolved(self, resource: str) -> str:
        answer = await self.door.client.post("/internal/resolve", json={"resource": resource}, headers=INTERNAL)
        assert answer.status_code == 404
        return answer.text

    async def avatar(self, host: str) -> str:
        somebody = await self.town.studio.stranger(f"x{next(_numbers)}@far.example", avatar_remote_url=self._url(host))
        return await self._picture(f"/media/proxy/accounts/{somebody.id}/avatar")

    async def emoji(self, host: str) -> str:
        async with self.town.studio.inbox.transaction() as tx:
            code, domain = f"x{next(_numbers)}", Domain("far.example")
            await emojis.keep_remote(
                tx, domain, shortcodes=[code], uris=[""], images=[self._url(host)], updated_at=[utc_now()]
            )
            [emoji_id] = await emojis.of_server(tx, domain, [code])
        return await self._picture(f"/media/proxy/emojis/{emoji_id}/image")

    async def attachment(self, host: str) -> str:
        url = self._url(host)
        media_id = await self.town.studio.remote_file(await self.town.studio.stranger(), url)
        return await self._picture(f"/media/proxy/{media_id}/original?v={version_of(url)}")

    async def _picture(self, path: str) -> str:
        answer = await self.town.media.get(path)
        assert answer.status_code == 404
        return answer.text

    async def somebody(self) -> Talker:
        """One of ours with an app."""
        return await a_person(self.town.stage.gateway, self.town.gateway, f"somebody{next(_numbers)}")

    async def push(self, host: str) -> str:
        """An app that names as its push service whatever it likes."""
        gateway = self.town.stage.gateway
        owner = await a_user(gateway, f"owner{next(_numbers)}")
        async with gateway.transaction() as tx:
            token, _ = await oauth.issue(tx, app_id=None, account_id=owner.id, scopes=["push"])
            made = await push.set_of_token(tx, token.id, owner.id, _wanted(self._url(host)))
            post = await a_post(tx, owner)
        async with self.town.stage.res.db.transaction() as tx:
            notification = await tx.fetchval(
                """
                INSERT INTO timeline.notifications (account_id, from_account_id, type, status_id)
                VALUES ($1, $1, 'mention', $2) RETURNING id
                """,
                owner.id,
                post.id,
            )
        job = Push(subscription_id=made.id, notification_id=notification, made_at=utc_now())
        [queue] = [queue for queue in self.town.stage.worker.queues if Push in queue.handlers]
        before = counted("murmuration_timeline_pushes_total", "outcome")
        assert await self.town.stage.worker.handle(queue, msgspec.json.encode(job)) is Verdict.ACK
        return " ".join(name for (name,) in counted("murmuration_timeline_pushes_total", "outcome") - before)

    async def inbox(self, host: str) -> str:
        body = Body(
            id=BodyId(next(_numbers)),
            activity_uri=Uri(f"{self.alice.uri}#x"),
            sender_id=self.alice.id,
            content=b"{}",
            happened_at=dt.datetime.now(dt.UTC),
            withdrawn_at=None,
        )
        return repr(await sending.send(self.town.delivery, body, self._url(host)))


def _wanted(endpoint: str) -> Wanted:
    keys = Telephone(endpoint).keys
    return Wanted(
        endpoint=endpoint,
        key_p256dh=keys["p256dh"],
        key_auth=keys["auth"],
        standard=True,
        policy="all",
        alerts=ALERTS,
        sealed_token=seal("secret", "token"),
    )


def refused() -> int:
    """How many requests were refused for the address that they would have gone to."""
    found = counted("apcore_fetch_requests_total", "method", "outcome")
    return sum(count for (_, outcome), count in found.items() if outcome == "address")
