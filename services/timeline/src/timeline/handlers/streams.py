"""Public streams hear of what is posted in public, and people's own of what they changed elsewhere."""

from chassis.clock import utc_now
from contracts.events import FiltersChanged, PollClosed, PollTallied, StatusCreated, StatusDeleted, StatusEdited
from social.accounts import store as accounts
from social.statuses import reading
from social.statuses.model import PUBLIC, FullStatus
from timeline.handlers.feeds import NEWS_FOR
from timeline.resources import Resources
from timeline.signals import DELETE, EDIT, FILTERS_CHANGED, UPDATE, Signal


async def on_created(res: Resources, event: StatusCreated) -> None:
    if event.is_news:
        await _tell(res, UPDATE, event)


async def on_edited(res: Resources, event: StatusEdited | PollTallied | PollClosed) -> None:
    await _tell(res, EDIT, event)


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    """To all of them: what was local, or had pictures, is known to nobody any more."""
    if event.visibility == PUBLIC and event.reblog_of_id is None:
        await res.announcer.tell_public(Signal(DELETE, event.status_id))


async def on_filters_changed(res: Resources, event: FiltersChanged) -> None:
    """Their open clients fetch the filters again."""
    await res.announcer.tell([event.account_id], FILTERS_CHANGED)


async def _tell(res: Resources, what: str, event: StatusCreated | StatusEdited | PollTallied | PollClosed) -> None:
    author = await accounts.by_id(res.db, event.account_id)
    full = (await reading.full(res.db, [event.status_id])).get(event.status_id)
    if author is None or full is None or not _is_news(full):
        return
    if not res.policies.value.hides(author) and not res.policies.value.limits(author):
        await res.announcer.tell_public(_signal(what, full))


def _is_news(full: FullStatus) -> bool:
    status = full.status
    since = status.edited_at or status.created_at
    return status.visibility == PUBLIC and status.reblog_of_id is None and utc_now() - since < NEWS_FOR


def _signal(what: str, full: FullStatus) -> Signal:
    status = full.status
    is_reply = status.in_reply_to_id is not None or status.in_reply_to_uri is not None
    return Signal(
        what,
        status.id,
        is_local=status.is_local,
        has_media=bool(full.media),
        is_reply=is_reply and status.in_reply_to_account_id != status.account_id,
        tags=tuple(tag.name for tag in full.tags),
    )
