"""Who fetches a post of ours has a copy of it from then on, and shall hear when it is deleted."""

import re
from collections.abc import Iterable

from fastapi import Request
from starlette.background import BackgroundTask

from apcore import jsonld
from contracts.events import StatusFetched
from inbox.resources import Resources
from social.statuses.model import OPEN, Status

KEY = re.compile(r'key_?id="(https?://[^"]{1,2048})"', re.IGNORECASE)
NOT_AGAIN_FOR = 3600.0


def host_of(request: Request) -> str | None:
    """Whose key the request names. It is not proven: a false one has one Delete more sent to a server we know."""
    said = request.headers.get("signature-input") or request.headers.get("signature") or ""
    found = KEY.search(said)
    return jsonld.host_of(found[1]) or None if found else None


def noting(res: Resources, request: Request, statuses: Iterable[Status]) -> BackgroundTask:
    """What is left to do once the posts are on their way."""
    return BackgroundTask(note, res, tuple(statuses), host_of(request))


async def note(res: Resources, statuses: Iterable[Status], host: str | None) -> None:
    """Say so once in a while. Those who get what is not for everybody had it delivered."""
    if host is None or res.addresses.is_ours(f"https://{host}/"):
        return
    new = [one for one in statuses if one.visibility in OPEN and not res.cache.holds(_name(one, host))]
    if not new:
        return
    for status in new:
        res.cache.put(_name(status, host), value=True, seconds=NOT_AGAIN_FOR)
    async with res.db.transaction() as tx:
        for status in new:
            tx.emit(StatusFetched(status_id=status.id, uri=status.uri, host=host))


def _name(status: Status, host: str) -> str:
    return f"fetched {status.id} {host}"
