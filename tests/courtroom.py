"""What happens in a test of moderation: people ask with a token of theirs, and jobs are done when asked."""

from collections.abc import Mapping
from typing import Any

import httpx
from people import a_post, a_remote_account
from signing_in import a_user, bearing

from chassis.clock import utc_now
from chassis.db import Database
from chassis.worker import Verdict
from moderation.resources import Resources
from moderation.worker import create_worker
from social.accounts.model import Account
from social.oauth.actions import issue
from social.relationships import actions as relationships
from social.statuses.model import Status
from social.users.model import Role

EVERYTHING = "read write follow admin:read admin:write"


class Court:
    """People, and what they ask of moderation."""

    def __init__(self, res: Resources, client: httpx.AsyncClient, roles: Mapping[str, Database]) -> None:
        self.res = res
        self.client = client
        self.gateway, self.inbox = roles["api_gateway"], roles["inbox"]
        self.worker = create_worker(res)

    async def somebody(self, name: str, role: Role = Role.USER) -> Account:
        return await a_user(self.gateway, name, role=role)

    async def stranger(self, handle: str) -> Account:
        async with self.inbox.transaction() as tx:
            return await a_remote_account(tx, handle)

    async def post(self, author: Account, text: str = "Hello", **changes: object) -> Status:
        async with (self.gateway if author.is_local else self.inbox).transaction() as tx:
            return await a_post(tx, author, text, **changes)

    async def follow(self, actor: Account, target: Account) -> None:
        """Also of somebody remote, who agrees at once."""
        async with (self.gateway if actor.is_local else self.inbox).transaction() as tx:
            await relationships.follow(tx, actor, target, now=utc_now())
        if not target.is_local:
            async with self.inbox.transaction() as tx:
                await relationships.accept(tx, actor, target)

    async def token_of(self, account: Account, scopes: str = EVERYTHING) -> str:
        async with self.gateway.transaction() as tx:
            _, secret = await issue(tx, app_id=None, account_id=account.id, scopes=scopes.split())
        return secret

    async def ask(
        self, account: Account, method: str, path: str, *, scopes: str = EVERYTHING, **options: Any
    ) -> httpx.Response:
        headers = bearing(await self.token_of(account, scopes))
        return await self.client.request(method, path, headers=headers, **options)

    async def work(self) -> None:
        """Do the jobs that wait."""
        async with self.res.db.transaction() as tx:
            rows = await tx.fetch("DELETE FROM moderation.outbox WHERE exchange = 'jobs' RETURNING body")
        [queue] = self.worker.queues
        for row in rows:
            assert await self.worker.handle(queue, row["body"]) is Verdict.ACK

    async def told(self) -> list[str]:
        """The topics of the events that wait to be published."""
        rows = await self.res.db.fetch("SELECT topic FROM moderation.outbox WHERE exchange = 'events' ORDER BY id")
        return [row["topic"] for row in rows]
