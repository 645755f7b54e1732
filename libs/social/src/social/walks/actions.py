"""How walks begin."""

import datetime as dt
import secrets

from chassis.db import Tx
from contracts.events import ThreadOpened
from contracts.ids import WalkId
from social.statuses.model import Status
from social.walks import store
from social.walks.model import NOT_AGAIN_FOR, Walk


async def begin(tx: Tx, status: Status, now: dt.datetime) -> Walk | None:
    """Have the thread walked, or join whoever had that done a short while ago."""
    walk_id = WalkId(secrets.token_urlsafe(16))
    if await store.add(tx, walk_id, status, now=now, before=now - NOT_AGAIN_FOR):
        tx.emit(ThreadOpened(walk_id=walk_id, status_id=status.id))
    return await store.of_conversation(tx, status.conversation_id)
