"""Who fetches a post of ours has a copy of it from then on, and shall hear when it is deleted."""

import datetime as dt
import re
from collections.abc import Iterable

from fastapi import Request
from starlette.background import BackgroundTask

from apcore import jsonld
from chassis.db import Tx
from contracts.events import StatusFetched
from contracts.ids import Domain
from inbox.jobs import LearnFetcher
from inbox.resources import Resources
from inbox.store import spend
from inbox.verification import account_named
from social.federation import store
from social.statuses.model import OPEN, Status

KEY = re.compile(r'key_?id="(https?://[^"]{1,2048})"', re.IGNORECASE)
NOT_AGAIN_FOR = 3600.0
STRANGERS = "fetchers unknown here"
MOST_STRANGERS = 500
WINDOW = dt.timedelta(minutes=5)


def key_named_in(request: Request) -> str | None:
    """The key that the request names. It is not proven: a false one has one Delete more sent to a server."""
    said = request.headers.get("signature-input") or request.headers.get("signature") or ""
    found = KEY.search(said)
    return found[1] if found and jsonld.host_of(found[1]) else None


def noting(res: Resources, request: Request, statuses: Iterable[Status]) -> BackgroundTask:
    """What is left to do once the posts are on their way."""
    return BackgroundTask(note, res, tuple(statuses), key_named_in(request))


async def note(res: Resources, statuses: Iterable[Status], key_id: str | None) -> None:
    """Say so once in a while. Those who get what is not for everybody had it delivered."""
    host = jsonld.host_of(key_id or "")
    if key_id is None or res.addresses.is_ours(f"https://{host}/"):
        return
    new = [one for one in statuses if one.visibility in OPEN and not res.cache.holds(_name(one, host))]
    if not new:
        return
    for status in new:
        res.cache.put(_name(status, host), value=True, seconds=NOT_AGAIN_FOR)
    domain = await domain_of(res, key_id)
    async with res.db.transaction() as tx:
        if domain is None:
            await _learn(tx, key_id, new)
        else:
            tell(tx, new, domain)


async def _learn(tx: Tx, key_id: str, statuses: Iterable[Status]) -> None:
    """Find out who it is; unless somebody makes us do so for one made-up name after the other."""
    now = dt.datetime.now(dt.UTC)
    if (await spend(tx, [STRANGERS], [1], now=now, window=WINDOW))[STRANGERS] <= MOST_STRANGERS:
        ids = tuple(status.id for status in statuses)
        tx.enqueue(LearnFetcher(key_id=key_id, statuses=ids, asked_at=now))


async def domain_of(res: Resources, key_id: str) -> Domain | None:
    """By what name the key's server is known here; None if nobody of it is, so that nothing could be sent there."""
    account = await account_named(res, key_id)
    host = Domain(jsonld.host_of(key_id))
    if account is not None:
        return account.domain
    return host if await store.knows_domain(res.db, host) else None


def tell(tx: Tx, statuses: Iterable[Status], domain: Domain) -> None:
    for status in statuses:
        tx.emit(StatusFetched(status_id=status.id, uri=status.uri, host=domain))


def _name(status: Status, host: str) -> str:
    return f"fetched {status.id} {host}"
