"""What a signal means to one viewer: rendered as they would read it, or nothing at all."""

import msgspec
from msgspec import UNSET, UnsetType

from contracts.ids import AccountId, NotificationId, StatusId
from timeline import notified, showing, signals
from timeline.resources import Resources
from timeline.signals import Signal
from timeline.store import conversations, notifications

Payload = str | UnsetType | None
"""Text; UNSET where the event says it all; None if it is nothing for this viewer."""


async def payload_of(res: Resources, viewer: AccountId, signal: Signal, context: str) -> Payload:
    """`context` is where the stream shows posts, as filters name it: home or public."""
    if signal.payload is not None:
        return signal.payload
    found: Payload = None
    match signal.event:
        case signals.DELETE:
            found = str(signal.id)
        case signals.FILTERS_CHANGED:
            found = UNSET
        case signals.NOTIFICATIONS_MERGED:
            found = "1"
        case signals.NOTIFICATION:
            found = await _notification(res, viewer, NotificationId(signal.id))
        case signals.CONVERSATION:
            found = await _conversation(res, viewer, signal.id)
        case signals.UPDATE | signals.EDIT:
            found = await _status(res, viewer, StatusId(signal.id), context)
    return found


async def _notification(res: Resources, viewer: AccountId, notification: NotificationId) -> str | None:
    found = await notifications.by_id(res.db, viewer, notification)
    shown = await notified.one_by_one(res, [found], viewer) if found else []
    return msgspec.json.encode(shown[0]).decode() if shown else None


async def _conversation(res: Resources, viewer: AccountId, conversation: int) -> str | None:
    found = await conversations.by_id(res.db, viewer, conversation)
    shown = await showing.conversations(res, [found], viewer) if found else []
    return msgspec.json.encode(shown[0]).decode() if shown else None


async def _status(res: Resources, viewer: AccountId, status: StatusId, context: str) -> str | None:
    shown = await res.looks.shown(status, viewer)
    text = None if shown is None else bytes(shown)
    return None if text is None or is_filtered_out(text, context) else text.decode()


class _Filter(msgspec.Struct, frozen=True):
    context: list[str]
    filter_action: str


class _Result(msgspec.Struct, frozen=True):
    filter: _Filter


class _Seen(msgspec.Struct, frozen=True):
    """Of a status, what the viewer's filters found."""

    filtered: list[_Result] = []
    reblog: "_Seen | None" = None


def is_filtered_out(status: bytes, context: str) -> bool:
    """Whether one of the viewer's filters hides the rendered status here."""
    if b'"hide"' not in status:
        return False
    seen = msgspec.json.decode(status, type=_Seen)
    found = [*seen.filtered, *(seen.reblog.filtered if seen.reblog else ())]
    return any(r.filter.filter_action == "hide" and context in r.filter.context for r in found)
