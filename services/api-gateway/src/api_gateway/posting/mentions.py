"""Who is named in a text: those we know, and those whom inbox can find in time."""

import asyncio
from collections.abc import Sequence

from apcore.handles import host_in_ascii
from api_gateway.neighbours import Neighbours
from chassis.db import Reader
from contracts.ids import Domain
from social.accounts import store
from social.accounts.model import Account
from social.statuses.text import Handle, Text

MOST_RESOLVED = 8
RESOLVE_SECONDS = 4.0


async def mentioned_in(db: Reader, neighbours: Neighbours, text: Text) -> dict[Handle, Account]:
    """Accounts by the handle that names them. Not in a transaction: strangers are looked up at their servers."""
    names = {handle: _as_stored(handle) for handle in text.handles}
    known = await _known(db, list(names.values()))
    strangers = [name for name in names.values() if name not in known and name[1] is not None]
    if strangers:
        asked = (neighbours.resolve(f"@{u}@{d}", seconds=RESOLVE_SECONDS) for u, d in strangers[:MOST_RESOLVED])
        await asyncio.gather(*asked)
        known |= await _known(db, strangers)
    return {written: known[name] for written, name in names.items() if name in known}


async def known_in(db: Reader, text: Text) -> dict[Handle, Account]:
    """As far as we know them already."""
    names = {handle: _as_stored(handle) for handle in text.handles}
    known = await _known(db, list(names.values()))
    return {written: known[name] for written, name in names.items() if name in known}


async def _known(db: Reader, handles: Sequence[Handle]) -> dict[Handle, Account]:
    found = await store.many_by_handle(db, handles) if handles else []
    return {(a.username.lower(), a.domain): a for a in found if a.suspended_at is None}


def _as_stored(handle: Handle) -> Handle:
    user, domain = handle
    return user, Domain(host_in_ascii(domain) or domain) if domain is not None else None
