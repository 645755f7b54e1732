"""How walks begin."""

import datetime as dt
import secrets

from chassis.db import Tx
from contracts.events import ThreadOpened
from contracts.ids import WalkId
from social.statuses.model import Status
from social.walks import store
from social.walks.model import LONGEST, MOST_AT_ONCE, NOT_AGAIN_FOR, Walk


async def begin(tx: Tx, status: Status, now: dt.datetime) -> Walk | None:
    """Have the thread walked, or join whoever had that done a short while ago; None if too many are under way."""
    walk_id = WalkId(secrets.token_urlsafe(16))
    is_new = await store.add(
        tx, walk_id, status, now=now, before=now - NOT_AGAIN_FOR, under_way=now - LONGEST, most=MOST_AT_ONCE
    )
    if is_new:
        tx.emit(ThreadOpened(walk_id=walk_id, status_id=status.id))
    return await store.of_conversation(tx, status.conversation_id)
