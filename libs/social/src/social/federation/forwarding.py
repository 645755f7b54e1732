"""Whose followers are glad of an activity that somebody else's server sent to us alone."""

from apcore.activities import Activity, Create, Delete, Update
from apcore.context import PUBLIC
from chassis.db import Reader
from contracts.ids import AccountId, Uri
from social.addresses import Addresses
from social.federation import store
from social.statuses import reading
from social.statuses.model import OPEN


async def concerned(db: Reader, addresses: Addresses, activity: Activity) -> list[AccountId]:
    """Of our people whom an open post answers; and who boosted one that is deleted.

    Asked before the activity has its effect: of what is deleted nothing is known afterwards.
    """
    match activity:
        case Create() | Update() if (note := activity.note) and PUBLIC in (*note.to, *note.cc):
            if note.in_reply_to is None or not addresses.is_ours(note.in_reply_to):
                return []
            parent = await reading.by_uri(db, Uri(note.in_reply_to))
            return [parent.account_id] if parent is not None and parent.visibility in OPEN else []
        case Delete():
            status = await reading.by_uri(db, Uri(activity.object))
            is_open = status is not None and status.visibility in OPEN and status.reblog_of_id is None
            return await store.ours_concerned_by(db, status.id) if status is not None and is_open else []
        case _:
            return []
