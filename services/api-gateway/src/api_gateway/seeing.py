"""What a viewer may see of what a request names. Whatever they may not see does not exist for them."""

from typing import Annotated

from fastapi import Depends

from chassis.db import Reader
from contracts.ids import AccountId, PollId, StatusId
from mastoapi.viewer import Viewer, requires, welcomes
from social.accounts import store as accounts
from social.accounts.model import Account
from social.errors import NoSuchAccount, NoSuchStatus, NotAllowed
from social.polls import store as polls
from social.polls.model import Poll
from social.relationships import store as relationships
from social.statuses import reading
from social.statuses.model import FullStatus, Status

ReadsStatuses = Annotated[Viewer, Depends(requires("read:statuses"))]
ReadsAccounts = Annotated[Viewer, Depends(requires("read:accounts"))]
MayReadStatuses = Annotated[Viewer | None, Depends(welcomes("read:statuses"))]
MayReadAccounts = Annotated[Viewer | None, Depends(welcomes("read:accounts"))]
WritesStatuses = Annotated[Viewer, Depends(requires("write:statuses"))]
WritesAccounts = Annotated[Viewer, Depends(requires("write:accounts"))]
WritesFollows = Annotated[Viewer, Depends(requires("write:follows"))]
WritesBlocks = Annotated[Viewer, Depends(requires("write:blocks"))]
WritesMutes = Annotated[Viewer, Depends(requires("write:mutes"))]
WritesFavourites = Annotated[Viewer, Depends(requires("write:favourites"))]
WritesBookmarks = Annotated[Viewer, Depends(requires("write:bookmarks"))]


async def account_of(db: Reader, account_id: int) -> Account:
    account = await accounts.by_id(db, AccountId(account_id))
    if account is None:
        raise NoSuchAccount
    return account


async def is_kept_from(db: Reader, account: Account, viewer: AccountId | None) -> bool:
    """Whether the viewer shall find the profile empty."""
    if account.suspended_at is not None:
        return True
    return viewer is not None and await relationships.is_blocked(db, account.id, viewer)


async def status_for(db: Reader, status_id: int, viewer: AccountId | None) -> Status:
    status = await reading.visible_to(db, StatusId(status_id), viewer)
    if status is None:
        raise NoSuchStatus
    return status


async def original_for(db: Reader, status_id: int, viewer: AccountId | None) -> Status:
    """What is done to a boost is done to what it boosts."""
    status = await status_for(db, status_id, viewer)
    return status if status.reblog_of_id is None else await status_for(db, status.reblog_of_id, viewer)


async def own_status(db: Reader, status_id: int, viewer: AccountId) -> Status:
    status = await reading.by_id(db, StatusId(status_id))
    if status is None or status.account_id != viewer:
        raise NoSuchStatus
    return status


async def whole(db: Reader, status: Status) -> FullStatus:
    """With all that belongs to it; NoSuchStatus where it was deleted since it was found."""
    found = (await reading.full(db, [status.id])).get(status.id)
    if found is None:
        raise NoSuchStatus
    return found


async def poll_for(db: Reader, poll_id: int, viewer: AccountId | None) -> Poll:
    poll = await polls.by_id(db, PollId(poll_id))
    if poll is None or await reading.visible_to(db, poll.status_id, viewer) is None:
        raise NoSuchStatus
    return poll


async def poll_open_to(db: Reader, poll_id: int, viewer: AccountId) -> Poll:
    """One in which the viewer may vote, unless it is over: nobody answers whom they block."""
    poll = await poll_for(db, poll_id, viewer)
    if poll.account_id in (await relationships.circle_of(db, viewer, [poll.account_id])).blocking:
        raise NotAllowed
    return poll
