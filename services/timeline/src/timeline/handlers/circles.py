"""Feeds follow whom and what people follow, put on lists, mute and block."""

from collections.abc import Sequence

from contracts.events import (
    AccountDeleted,
    BlockCreated,
    FollowAccepted,
    FollowRemoved,
    ListChanged,
    ListDeleted,
    ListMembersAdded,
    ListMembersRemoved,
    MuteCreated,
    TagFollowed,
    TagUnfollowed,
)
from contracts.ids import AccountId, ListId
from social.lists import store as lists
from timeline.resources import Resources
from timeline.store import homes, listed, tagged

BACK_FILL = 100


async def on_accepted(res: Resources, event: FollowAccepted) -> None:
    """Bring what the followed posted of late into the follower's home, and into the lists they wait on."""
    await _fill(res, event.account_id, [event.target_id])
    for found in await lists.with_member(res.db, event.account_id, event.target_id):
        await _fill_list(res, found.id, [event.target_id])


async def on_removed(res: Resources, event: FollowRemoved) -> None:
    await _prune(res, event.account_id)


async def on_muted(res: Resources, event: MuteCreated) -> None:
    await _prune_everything(res, event.account_id)


async def on_blocked(res: Resources, event: BlockCreated) -> None:
    await _prune_everything(res, event.account_id)
    await _prune_everything(res, event.target_id)


async def on_account_deleted(res: Resources, event: AccountDeleted) -> None:
    """What it posted is gone from PostgreSQL, and so from every page that is read; its own feed goes here."""
    await res.feeds.forget(event.account_id)


async def on_tag_followed(res: Resources, event: TagFollowed) -> None:
    if await res.feeds.exists(event.account_id):
        found = await tagged.newest_with(res.db, event.account_id, event.tag_id, BACK_FILL)
        await res.feeds.add([event.account_id], found)


async def on_tag_unfollowed(res: Resources, event: TagUnfollowed) -> None:
    await _prune(res, event.account_id)


async def on_list_changed(res: Resources, event: ListChanged) -> None:
    """Which replies it shows: it is built anew. Whether it is exclusive: its members leave home, or come back."""
    await res.list_feeds.forget(event.list_id)
    found = await lists.by_id(res.db, event.list_id, event.account_id)
    if found is not None and found.exclusive:
        await _prune(res, event.account_id)
    else:
        await _fill(res, event.account_id, await lists.all_members_of(res.db, event.list_id))


async def on_list_deleted(res: Resources, event: ListDeleted) -> None:
    await res.list_feeds.forget(event.list_id)
    if event.exclusive:
        await _fill(res, event.account_id, event.members)


async def on_members_added(res: Resources, event: ListMembersAdded) -> None:
    await _fill_list(res, event.list_id, event.members)
    found = await lists.by_id(res.db, event.list_id, event.account_id)
    if found is not None and found.exclusive:
        await _prune(res, event.account_id)


async def on_members_removed(res: Resources, event: ListMembersRemoved) -> None:
    await _prune_list(res, event.list_id)
    found = await lists.by_id(res.db, event.list_id, event.account_id)
    if found is not None and found.exclusive:
        await _fill(res, event.account_id, event.members)


async def _fill(res: Resources, reader: AccountId, authors: Sequence[AccountId]) -> None:
    """A feed that does not exist is built when its owner looks."""
    if authors and await res.feeds.exists(reader):
        await res.feeds.add([reader], await homes.newest_from(res.db, reader, authors, BACK_FILL))


async def _fill_list(res: Resources, list_id: ListId, authors: Sequence[AccountId]) -> None:
    if await res.list_feeds.exists(list_id):
        await res.list_feeds.add([list_id], await listed.newest_from(res.db, list_id, authors, BACK_FILL))


async def _prune_everything(res: Resources, reader: AccountId) -> None:
    await _prune(res, reader)
    for found in await lists.all_of(res.db, reader):
        await _prune_list(res, found.id)


async def _prune(res: Resources, reader: AccountId) -> None:
    """Drop from the feed what does not belong there any more."""
    entries = await res.feeds.everything(reader)
    if entries:
        true = await homes.belonging(res.db, reader, [entry.id for entry in entries])
        await res.feeds.remove([reader], [entry for entry in entries if entry.id not in true])


async def _prune_list(res: Resources, list_id: ListId) -> None:
    entries = await res.list_feeds.everything(list_id)
    if entries:
        true = await listed.belonging(res.db, list_id, [entry.id for entry in entries])
        await res.list_feeds.remove([list_id], [entry for entry in entries if entry.id not in true])
