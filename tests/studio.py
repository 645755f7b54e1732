"""What happens in a test of media: people upload, other servers hold pictures, and jobs are done when asked."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from aiohttp import web
from people import a_remote_account
from signing_in import a_user

from chassis.clock import utc_now
from chassis.db import Database
from chassis.worker import Verdict
from contracts.ids import AccountId, Domain, MediaId, Uri
from media.resources import Resources
from media.worker import create_worker
from social.accounts import store as accounts
from social.accounts.model import Account
from social.addresses import Addresses
from social.media import remote
from social.media.model import RemoteFile
from social.oauth.actions import issue
from social.policies import actions as policies
from social.policies.actions import Wish
from social.statuses import actions as statuses
from social.statuses.model import Draft, Status

ADDRESSES = Addresses("https://ours.test", "ours.test")


class Elsewhere:
    """Another server's files by path, and how often each was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.port = 0
        self.app = web.Application()
        self.app.router.add_get("/{name}", self._answer)

    def hold(self, name: str, content: bytes, media_type: str = "image/jpeg") -> str:
        self.files[name] = (media_type, content)
        return f"http://127.0.0.1:{self.port}/{name}"

    async def _answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked.append(name)
        if name not in self.files:
            raise web.HTTPNotFound
        media_type, content = self.files[name]
        return web.Response(body=content, content_type=media_type)


class Studio:
    """People and files; jobs wait in the outbox until the test lets them be done."""

    def __init__(self, res: Resources, roles: Mapping[str, Database]) -> None:
        self.res = res
        self.gateway, self.inbox, self.moderation = (roles[name] for name in ("api_gateway", "inbox", "moderation"))
        self.worker = create_worker(res)

    async def token_of(self, name: str, scopes: str = "read write") -> str:
        account = await accounts.by_handle(self.gateway, name, None) or await a_user(self.gateway, name)
        async with self.gateway.transaction() as tx:
            _, secret = await issue(tx, app_id=None, account_id=account.id, scopes=scopes.split())
        return secret

    async def somebody(self, name: str) -> Account:
        return await accounts.by_handle(self.gateway, name, None) or await a_user(self.gateway, name)

    async def stranger(self, handle: str = "eve@far.example", **changes: object) -> Account:
        async with self.inbox.transaction() as tx:
            return await a_remote_account(tx, handle, **changes)

    async def post(self, author: Account, media_ids: list[MediaId]) -> Status:
        """A status of ours with these files."""
        async with self.gateway.transaction() as tx:
            draft = Draft(content="<p>x</p>", visibility="public", media_ids=tuple(media_ids), created_at=utc_now())
            status = await statuses.post(tx, ADDRESSES, author, draft)
        assert status is not None
        return status

    async def delete(self, author: Account, status: Status) -> None:
        async with self.gateway.transaction() as tx:
            await statuses.delete(tx, author, status)

    async def remote_file(
        self, author: Account, url: str, kind: str = "image", *, preview_url: str | None = None
    ) -> MediaId:
        """An attachment of a remote status that we accepted."""
        async with self.inbox.transaction() as tx:
            file = RemoteFile(kind=kind, url=url, preview_url=preview_url, width=3, height=2)
            media_id = await remote.keep(tx, author.id, None, file)
            draft = Draft(
                uri=Uri(f"{author.uri}/statuses/{media_id}"),
                content="<p>x</p>",
                visibility="public",
                media_ids=(media_id,),
                created_at=utc_now(),
            )
            assert await statuses.post(tx, ADDRESSES, author, draft) is not None
        return media_id

    async def forbid(self, domain: str, **wish: object) -> None:
        """A policy, known to this process as the broadcast would make it."""
        async with self.moderation.transaction() as tx:
            await policies.create(tx, Domain(domain), Wish(**wish))
        await self.res.policies.refresh()

    async def work(self) -> int:
        """Do the jobs that wait; how many there were."""
        async with self.res.db.transaction() as tx:
            rows = await tx.fetch("DELETE FROM media.outbox WHERE exchange = 'jobs' RETURNING topic, body")
        for row in rows:
            [queue] = [q for q in self.worker.queues if any(_is_called(m, row["topic"]) for m in q.handlers)]
            assert await self.worker.handle(queue, row["body"]) is Verdict.ACK
        return len(rows) + (await self.work() if rows else 0)

    async def told(self) -> list[str]:
        """The topics of the events that wait to be published."""
        rows = await self.res.db.fetch("SELECT topic FROM media.outbox WHERE exchange = 'events' ORDER BY id")
        return [row["topic"] for row in rows]

    def files(self) -> list[str]:
        """What lies in the storage."""
        root = self.res.settings.media_root
        return sorted(str(path.relative_to(root)) for path in Path(root).rglob("*") if path.is_file())

    async def set_avatar(self, account_id: AccountId, key: str) -> None:
        async with self.gateway.transaction() as tx:
            await tx.execute("UPDATE social.accounts SET avatar_key = $2 WHERE id = $1", account_id, key)


def _is_called(message: type[msgspec.Struct], topic: str) -> bool:
    return message.__struct_config__.tag == topic
