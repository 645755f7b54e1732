"""What happens in a test: acts as the services do them, and timeline hearing of them as the bus tells it."""

import datetime as dt
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx
import msgspec
from people import a_remote_account
from signing_in import a_user, bearing

from chassis.clock import utc_now
from chassis.db import Database, Tx
from chassis.worker import Verdict
from contracts.events import Event, topic_of
from contracts.ids import AccountId, Domain, MediaId, StatusId, Uri
from contracts.jobs import Job
from social.accounts.model import Account
from social.addresses import Addresses
from social.lists import actions as lists
from social.lists.model import PeopleList, RepliesPolicy
from social.oauth.actions import issue
from social.policies import actions as policies
from social.policies.actions import Wish
from social.relationships import actions as relationships
from social.statuses import actions as statuses
from social.statuses.model import Draft, Status
from timeline import home
from timeline.resources import Resources
from timeline.store import widely
from timeline.worker import create_worker

ADDRESSES = Addresses("https://ours.test", "ours.test")

_numbers = itertools.count(1)


class Stage:
    """People act; whether and when timeline hears of it is the test's choice."""

    def __init__(self, res: Resources, roles: Mapping[str, Database], memory: str) -> None:
        self.res = res
        self.gateway, self.inbox, self.moderation = (roles[name] for name in ("api_gateway", "inbox", "moderation"))
        self._memory = memory
        self.worker = create_worker(res)
        self._now = utc_now() - dt.timedelta(minutes=1)

    def later(self) -> dt.datetime:
        """A moment after the last one, so that posts have an order."""
        self._now += dt.timedelta(milliseconds=5)
        return self._now

    async def somebody(self, name: str) -> Account:
        """One of ours, who has looked at their home already."""
        account = await a_user(self.gateway, name)
        await home.build(self.res, account.id)
        await self._known(account)
        return account

    async def stranger(self, handle: str) -> Account:
        async with self.inbox.transaction() as tx:
            account = await a_remote_account(tx, handle)
        await self._known(account)
        return account

    async def _known(self, account: Account) -> None:
        """Where everybody is widely followed, so are they, and every process knows."""
        if self._memory == "merged":
            async with self.res.db.transaction() as tx:
                await widely.add(tx, account.id)
            await self.res.widely_followed.refresh()

    async def tell(self, *messages: Event | Job) -> None:
        """Hand messages to every queue that hears them, and do the jobs that come of it."""
        for message in messages:
            for queue in self.worker.queues:
                if type(message) in queue.handlers:
                    verdict = await self.worker.handle(queue, msgspec.json.encode(message))
                    assert verdict is Verdict.ACK, (queue.name, message)
        if jobs := await self._jobs():
            await self.tell(*jobs)

    async def _jobs(self) -> list[Job]:
        async with self.res.db.transaction() as tx:
            rows = await tx.fetch("DELETE FROM timeline.outbox WHERE exchange = 'jobs' RETURNING topic, body")
        decoders = {topic_of(kind): queue.decoder for queue in self.worker.queues for kind in queue.handlers}
        return [decoders[row["topic"]].decode(row["body"]) for row in rows]

    @asynccontextmanager
    async def act(self, by: Account, *, heard: bool = True) -> AsyncIterator[Tx]:
        """A transaction of whoever writes for this account; what it emits is heard at once, or not at all."""
        db = self.gateway if by.is_local else self.inbox
        async with db.transaction() as tx:
            yield tx
            emitted = tx.emitted
        self.emitted: Sequence[Event] = emitted
        if heard:
            await self.tell(*emitted)

    async def post(self, author: Account, text: str = "Hello", *, heard: bool = True, **changes: object) -> Status:
        fields: dict[str, object] = {
            "content": f"<p>{text}</p>",
            "text": text,
            "visibility": "public",
            "created_at": self.later(),
        }
        if not author.is_local:
            fields["uri"] = Uri(f"{author.uri}/statuses/{next(_numbers)}")
        async with self.act(author, heard=heard) as tx:
            status = await statuses.post(tx, ADDRESSES, author, Draft(**(fields | changes)))
        assert status is not None
        return status

    async def a_list(self, owner: Account, *members: Account) -> PeopleList:
        async with self.act(owner) as tx:
            made = await lists.create(tx, owner.id, title="x", replies_policy=RepliesPolicy.LIST, exclusive=False)
            await lists.add_members(tx, made, [m.id for m in members])
        return made

    async def picture(self, owner: Account) -> MediaId:
        """A file that is ready to be posted."""
        async with self.act(owner, heard=False) as tx:
            media: MediaId = await tx.fetchval(
                """
                INSERT INTO social.media_attachments (account_id, is_local, kind, state, file_key)
                VALUES ($1, $2, 'image', 'ready', 'x.png') RETURNING id
                """,
                owner.id,
                owner.is_local,
            )
        return media

    async def edit(
        self, author: Account, status: Status, text: str, *, heard: bool = True, mentions: tuple[AccountId, ...] = ()
    ) -> None:
        draft = Draft(
            content=f"<p>{text}</p>",
            text=text,
            visibility=status.visibility,
            created_at=status.created_at,
            mentions=mentions,
        )
        async with self.act(author, heard=heard) as tx:
            assert await statuses.edit(tx, author, status, draft, self.later())

    async def delete(self, author: Account, status: Status, *, heard: bool = True) -> None:
        async with self.act(author, heard=heard) as tx:
            await statuses.delete(tx, author, status)

    async def boost(self, actor: Account, status: Status, *, heard: bool = True) -> Status:
        at = self.later()
        uri = None if actor.is_local else Uri(f"{actor.uri}/boosts/{next(_numbers)}")
        async with self.act(actor, heard=heard) as tx:
            return await statuses.reblog(tx, ADDRESSES, actor, status, "public", created_at=at, uri=uri)

    async def favourite(self, actor: Account, status: Status, *, heard: bool = True) -> None:
        async with self.act(actor, heard=heard) as tx:
            await statuses.favourite(tx, actor, status)

    async def follow(self, actor: Account, target: Account, *, heard: bool = True, **how: object) -> None:
        """Also of somebody remote, who agrees at once."""
        async with self.act(actor, heard=heard) as tx:
            await relationships.follow(tx, actor, target, now=utc_now(), **how)
        if not target.is_local:
            async with self.act(target, heard=heard) as tx:
                await relationships.accept(tx, actor, target)

    async def forbid(self, domain: str, severity: str) -> None:
        """A domain policy, known to this process as the broadcast would make it."""
        async with self.moderation.transaction() as tx:
            await policies.create(tx, Domain(domain), Wish(severity=severity))
        await self.res.policies.refresh()

    async def home(self, client: httpx.AsyncClient, reader: Account, **query: object) -> list[StatusId]:
        if self._memory == "wiped":
            await self.res.redis.flushdb()
        answer = await self.get(client, reader, "/api/v1/timelines/home", **query)
        return [StatusId(int(status["id"])) for status in answer.json()]

    async def notifications(self, client: httpx.AsyncClient, reader: Account, **query: object) -> list[tuple[str, str]]:
        """Pairs of type and sender's handle, newest first."""
        answer = await self.get(client, reader, "/api/v1/notifications", **query)
        return [(n["type"], n["account"]["acct"]) for n in answer.json()]

    async def get(self, client: httpx.AsyncClient, reader: Account, path: str, **query: object) -> httpx.Response:
        answer = await client.get(path, params=query, headers=bearing(await self.token(reader)))
        assert answer.status_code == 200, answer.text
        return answer

    async def token(self, account: Account, *scopes: str) -> str:
        async with self.gateway.transaction() as tx:
            _, secret = await issue(
                tx, app_id=None, account_id=AccountId(account.id), scopes=scopes or ("read", "write", "follow")
            )
        return secret
