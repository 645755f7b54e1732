"""Conversations follow what is said in private, and what is taken back."""

from collections.abc import Collection

from contracts.events import AccountDeleted, StatusDeleted
from contracts.ids import AccountId, StatusId
from social.statuses.model import DIRECT
from timeline.resources import Resources
from timeline.signals import CONVERSATION
from timeline.store import conversations


async def on_said(res: Resources, statuses: Collection[StatusId], readers: Collection[AccountId]) -> None:
    """Bring it into the conversations of these people of ours."""
    if not statuses or not readers:
        return
    async with res.db.transaction() as tx:
        changed = await conversations.add(tx, statuses, readers)
    await _tell(res, changed)


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    if event.visibility == DIRECT:
        await _settle(res, [event.account_id, *event.mentioned])


async def on_account_deleted(res: Resources, _: AccountDeleted) -> None:
    """Its posts went without a word of each."""
    await _settle(res, None)


async def _settle(res: Resources, readers: Collection[AccountId] | None) -> None:
    async with res.db.transaction() as tx:
        changed = await conversations.fall_back(tx, readers)
        await conversations.remove_empty(tx, readers)
    await _tell(res, changed)


async def _tell(res: Resources, changed: Collection[tuple[AccountId, int]]) -> None:
    for account_id, conversation in changed:
        await res.announcer.tell([account_id], CONVERSATION, conversation)
