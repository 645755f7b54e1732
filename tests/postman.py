"""delivery in this process: it hears what people do, and its jobs are worked off at once, by a clock of the test's."""

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
from peers import Peers
from people import a_local_account, a_remote_profile

from apcore import keys
from chassis import outbox
from chassis.clock import utc_now
from chassis.db import Database, Tx
from chassis.worker import Verdict
from contracts.events import Event
from contracts.ids import Domain, Uri
from contracts.jobs import Job
from delivery.handlers import visits
from delivery.resources import Resources
from delivery.worker import create_worker
from social.accounts import store as accounts
from social.accounts.model import Account
from social.addresses import Addresses
from social.policies import actions as policies
from social.policies.actions import Wish
from social.relationships import actions as relationships
from social.statuses import actions as statuses
from social.statuses.model import Draft, Status

ADDRESSES = Addresses("https://ours.test", "ours.test")

# Making a key takes a moment, so two are made and shared.
KEYS = [keys.generate() for _ in range(2)]

_numbers = itertools.count(1)


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> dt.datetime:
        return self.now


class Postman:
    def __init__(self, res: Resources, roles: Mapping[str, Database], peers: Peers, clock: Clock) -> None:
        self.res = res
        self.gateway, self.inbox, self.moderation = (roles[name] for name in ("api_gateway", "inbox", "moderation"))
        self.peers = peers
        self.clock = clock
        self.events: list[Event] = []
        """Everything that people's acts emitted."""
        self._worker = create_worker(res)

    async def somebody(self, name: str) -> Account:
        async with self.gateway.transaction() as tx:
            return await a_local_account(tx, name, pair=KEYS[next(_numbers) % 2])

    async def stranger(self, name: str, host: str = "far", *, shared: bool = True, **changes: object) -> Account:
        """An account of one of the peers, with or without a shared inbox."""
        handle = f"{name}@{self.peers.host(host)}"
        profile = a_remote_profile(handle, **(changes if shared else {"shared_inbox_url": None} | changes))
        async with self.inbox.transaction() as tx:
            account, _ = await accounts.set_remote(tx, profile, self.clock())
        return account

    async def tell(self, *events: Event) -> None:
        """Hand events to the queues that hear them."""
        for event in events:
            await self.handle(event)

    async def handle(self, message: Event | Job) -> None:
        for queue in self._worker.queues:
            if type(message) in queue.handlers:
                verdict = await self._worker.handle(queue, msgspec.json.encode(message))
                assert verdict is Verdict.ACK, message

    async def take_jobs(self) -> list[Job]:
        """What delivery told itself to do and has not begun."""
        async with self.res.db.transaction() as tx:
            rows = await outbox.take_unsent(tx, "delivery")
            await outbox.mark_sent(tx, "delivery", [row["id"] for row in rows])
        decoders = {job.__struct_config__.tag: q.decoder for q in self._worker.queues for job in q.handlers}
        return [decoders[row["topic"]].decode(row["body"]) for row in rows]

    async def work(self) -> None:
        """Do the jobs, and those that come of them, until nothing is left."""
        while jobs := await self.take_jobs():
            await asyncio.gather(*(self.handle(job) for job in jobs))

    async def later(self, seconds: float) -> None:
        """Time passes; what is due then is done."""
        self.clock.now += dt.timedelta(seconds=seconds)
        await visits.call(self.res)
        await self.work()

    @asynccontextmanager
    async def act(self, by: Account, *, told: bool = True, delivered: bool = True) -> AsyncIterator[Tx]:
        """A transaction of whoever writes for this account; what it emits is told, and what follows is done."""
        db = self.gateway if by.is_local else self.inbox
        async with db.transaction() as tx:
            yield tx
            emitted = tx.emitted
        self.events += emitted
        if told:
            await self.tell(*emitted)
        if told and delivered:
            await self.work()

    async def post(
        self, author: Account, text: str = "Hello", *, told: bool = True, delivered: bool = True, **changes: object
    ) -> Status:
        fields: dict[str, object] = {
            "content": f"<p>{text}</p>",
            "text": text,
            "visibility": "public",
            "created_at": self.clock(),
        }
        if not author.is_local:
            fields["uri"] = Uri(f"{author.uri}/statuses/{next(_numbers)}")
        async with self.act(author, told=told, delivered=delivered) as tx:
            status = await statuses.post(tx, ADDRESSES, author, Draft(**(fields | changes)))
        assert status is not None
        return status

    async def edit(self, author: Account, status: Status, text: str) -> None:
        draft = Draft(content=f"<p>{text}</p>", text=text, visibility=status.visibility, created_at=status.created_at)
        async with self.act(author) as tx:
            assert await statuses.edit(tx, author, status, draft, self.clock() + dt.timedelta(seconds=1))

    async def delete(self, author: Account, status: Status) -> None:
        async with self.act(author) as tx:
            await statuses.delete(tx, author, status)

    async def boost(self, actor: Account, status: Status, visibility: str = "public") -> Status:
        uri = None if actor.is_local else Uri(f"{actor.uri}/boosts/{next(_numbers)}")
        async with self.act(actor) as tx:
            return await statuses.reblog(tx, ADDRESSES, actor, status, visibility, created_at=self.clock(), uri=uri)

    async def follows(self, follower: Account, target: Account) -> None:
        """Also somebody remote, who agrees at once. Nothing is sent of it."""
        async with (self.gateway if follower.is_local else self.inbox).transaction() as tx:
            await relationships.follow(tx, follower, target, now=self.clock())
        if not target.is_local:
            async with self.inbox.transaction() as tx:
                await relationships.accept(tx, follower, target)

    async def forbid(self, domain: str) -> None:
        """Suspend a domain, known to this process as the broadcast would make it."""
        async with self.moderation.transaction() as tx:
            await policies.create(tx, Domain(domain), Wish(severity="suspend"))
        await self.res.policies.refresh()

    async def held(self, host: str = "far") -> int:
        count: int = await self.res.db.fetchval(
            "SELECT count(*) FROM delivery.held WHERE host = $1", self.peers.host(host)
        )
        return count

    async def state(self, host: str = "far") -> str:
        state: str | None = await self.res.db.fetchval(
            "SELECT state FROM delivery.hosts WHERE host = $1", self.peers.host(host)
        )
        return state or "fast"
