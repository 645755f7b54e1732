"""Who fetches a post of ours has a copy of it from then on, and shall hear when it is deleted."""

import re

from fastapi import Request

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


async def note(res: Resources, status: Status, host: str | None) -> None:
    """Say so once in a while. Those who get what is not for everybody had it delivered."""
    name = f"fetched {status.id} {host}"
    if (
        host is None
        or status.visibility not in OPEN
        or res.addresses.is_ours(f"https://{host}/")
        or res.cache.holds(name)
    ):
        return
    res.cache.put(name, value=True, seconds=NOT_AGAIN_FOR)
    async with res.db.transaction() as tx:
        tx.emit(StatusFetched(status_id=status.id, uri=status.uri, host=host))
