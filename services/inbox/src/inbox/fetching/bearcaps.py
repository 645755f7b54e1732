"""Activities whose object is named by a bearcap: opened with the token that came along."""

import msgspec

from apcore import bearcaps, jsonld
from apcore.activities import Activity, Announce, Create, Update
from apcore.bearcaps import Bearcap
from apcore.jsonld import Json
from inbox.fetching.actors import Unusable
from inbox.fetching.statuses import fetch_document
from inbox.resources import Resources

OPENED = Create | Update | Announce


async def opened(res: Resources, activity: Activity) -> Activity:
    """The activity with its object inlined, as its own server shows it to whoever has the token.

    Raises Unreachable when that may work later.
    """
    cap = bearcaps.parse(activity.object) if isinstance(activity, OPENED) else None
    if cap is None or not isinstance(activity, OPENED):
        return activity
    document = await _behind(res, cap)
    address = jsonld.web_uri(document.get("id")) if document is not None else None
    if address is None:
        return activity
    return msgspec.structs.replace(activity, object=address, embedded=document)


async def _behind(res: Resources, cap: Bearcap) -> Json | None:
    try:
        return await fetch_document(res, cap.url, token=cap.token)
    except Unusable:
        return None
