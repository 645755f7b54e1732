"""inbox in this process: other servers deliver at its door, and what they said is worked off at once."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import msgspec
import orjson
from aio_pika.abc import AbstractChannel
from neighbours import ACTIVITY, Neighbours, Person
from prometheus_client import REGISTRY

from chassis import outbox
from chassis.db import open_database
from chassis.worker import Verdict, Worker
from inbox.resources import Resources
from inbox.worker import QUEUES, create_worker
from social.policies import actions as policies

OURS = "https://ours.test"


class Doorstep:
    def __init__(
        self, res: Resources, client: httpx.AsyncClient, channel: AbstractChannel, neighbours: Neighbours
    ) -> None:
        self.res = res
        self.client = client
        self.neighbours = neighbours
        self.verdicts: list[Verdict] = []
        self._channel = channel
        self._worker: Worker[Resources] = create_worker(res)

    async def deliver(self, person: Person, document: Any, *, to: str = "/inbox", **signing: Any) -> httpx.Response:
        """POST it as the person's server would."""
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        headers = person.signed(f"{OURS}{to}", body, **signing)
        return await self.client.post(to, content=body, headers=headers)

    async def deliver_to(self, person: Person, document: dict[str, Any], url: str) -> httpx.Response:
        """POST it to an address of ours that is not the usual one."""
        body = orjson.dumps(document)
        return await self.client.post(url, content=body, headers=person.signed(url, body))

    async def hears(self, person: Person, document: dict[str, Any], *, to: str = "/inbox") -> str:
        """Deliver, work off everything that follows, and say what became of it."""
        before = outcomes()
        response = await self.deliver(person, document, to=to)
        assert response.status_code == 202, response.text
        await self.settle()
        changed = [f"{outcome}" for (_, outcome), count in (outcomes() - before).items() for _ in range(int(count))]
        return " ".join(changed)

    async def looks_up(self, resource: str) -> httpx.Response:
        """What one of our services is told when somebody types this into the search."""
        secret = self.res.settings.internal_secret.get_secret_value()
        self.forgets_failures()
        return await self.client.post(
            "/internal/resolve", json={"resource": resource}, headers={"Authorization": f"Bearer {secret}"}
        )

    async def settle(self) -> None:
        """Handle what lies in the queues and in the outbox until nothing is left."""
        while await self._handle_queued() + await self._handle_outbox():
            pass

    async def settle_at_once(self) -> None:
        """As `settle`, but with everything that waits handled at the same time."""
        waiting = []
        for queue in QUEUES:
            source = await self._channel.get_queue(queue.name)
            while message := await source.get(fail=False):
                await message.ack()
                waiting.append((queue, message.body))
        self.verdicts += await asyncio.gather(*(self._worker.handle(queue, body) for queue, body in waiting))
        await self.settle()

    async def _handle_queued(self) -> int:
        handled = 0
        for queue in QUEUES:
            source = await self._channel.get_queue(queue.name)
            while message := await source.get(fail=False):
                self.verdicts.append(await self._worker.handle(queue, message.body))
                await message.ack()
                handled += 1
        return handled

    async def _handle_outbox(self) -> int:
        """The relay's work, but for publishing: what inbox tells itself is handled, and events are kept."""
        async with self.res.db.transaction() as tx:
            rows = await outbox.take_unsent(tx, "inbox")
            await outbox.mark_sent(tx, "inbox", [row["id"] for row in rows])
        ours = {m.__struct_config__.tag: queue for queue in QUEUES for m in queue.handlers}
        told = [row for row in rows if row["topic"] in ours]
        for row in told:
            self.verdicts.append(await self._worker.handle(ours[row["topic"]], row["body"]))
        return len(told)

    async def sets_policy(self, domain: str, *, heard: bool = True, **wish: Any) -> None:
        """What a moderator decides, and this process has heard of unless it is said otherwise."""
        async with (
            open_database(self.res.settings, role="moderation", schema="moderation") as moderation,
            moderation.transaction() as tx,
        ):
            await policies.create(tx, policies.as_domain(domain), policies.Wish(**wish))
        if heard:
            await self.res.policies.refresh()

    def forgets_failures(self) -> None:
        """As if the moment had passed for which a failure of a fetch is remembered."""
        self.res.fetcher._coalescer._failures.clear()
        self.res.cache._values.clear()

    async def events(self) -> list[dict[str, Any]]:
        """What the other services were told, in order."""
        rows = await self.res.db.fetch("SELECT body FROM inbox.outbox WHERE exchange = 'events' ORDER BY id")
        return [msgspec.json.decode(row["body"]) for row in rows]

    async def get(self, url: str, *, accept: str = ACTIVITY, by: Person | None = None) -> httpx.Response:
        path = url.removeprefix(OURS)
        headers = {"Accept": accept}
        if by is not None:
            headers |= by.signed(f"{OURS}{path}", None, method="GET")
        return await self.client.get(path, headers=headers)


def outcomes() -> Counter[tuple[str, str]]:
    return counted("murmuration_inbox_activities_total", "activity", "outcome")


def refusals() -> Counter[tuple[str, ...]]:
    return counted("murmuration_inbox_refused_total", "reason")


def counted(name: str, *labels: str) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            if sample.name == name:
                found[tuple(sample.labels[label] for label in labels)] += int(sample.value)
    return found
