"""What can happen to a status, whoever asks: a client of ours or another server."""

import datetime as dt
from collections.abc import Sequence

from chassis.clock import utc_now
from chassis.db import Tx
from contracts.events import (
    StatusCreated,
    StatusDeleted,
    StatusEdited,
    StatusFavourited,
    StatusPinned,
    StatusUnfavourited,
    StatusUnpinned,
)
from contracts.ids import AccountId, Uri
from social.accounts.model import Account
from social.addresses import Addresses
from social.errors import NotAllowed, ValidationFailed
from social.interactions import actions as interactions
from social.interactions.rules import Act
from social.polls import actions as polls
from social.quotes import actions as quotes
from social.quotes import store as quotes_store
from social.statuses import marks, reading, store, threads
from social.statuses.model import DIRECT, OPEN, PRIVATE, PUBLIC, UNLISTED, Draft, Posted, Status, StatusTag
from social.statuses.ties import ties_of


async def post(tx: Tx, addresses: Addresses, author: Account, draft: Draft) -> Status | None:
    """Publish the words. None if a status of that URI exists or was deleted: doing it twice is doing it once."""
    posted = await post_whole(tx, addresses, author, draft)
    return posted.status if posted else None


async def post_whole(tx: Tx, addresses: Addresses, author: Account, draft: Draft) -> Posted | None:
    """As `post`, for who goes on to show it."""
    if draft.in_reply_to is not None:
        await interactions.check(tx, Act.REPLY, author, draft.in_reply_to)
    conversation = await _conversation_of(tx, draft.in_reply_to) if draft.in_reply_to else None
    home = addresses.home(author.id, author.username)
    added = await store.add(tx, author, draft, home, conversation_id=conversation)
    if added is None:
        return None
    status = added.status
    tags = await _set_belongings(tx, author, status, draft, is_new=True)
    if draft.poll is not None:
        await polls.ask(tx, status, draft.poll, draft.created_at)
    if draft.quoting is not None:
        await quotes.quote(tx, addresses, author, status, draft.quoting)
    # It may also quote itself.
    if added.is_awaited or (draft.quoting is not None and not status.is_local):
        await quotes.join(tx, status)
        for child in await threads.adopt_replies(tx, status):
            await threads.join_conversation(tx, child, status.conversation_id)
    tx.emit(StatusCreated(status_id=status.id, account_id=author.id, is_local=author.is_local, is_news=draft.is_news))
    return Posted(status=status, tags=tags)


async def _conversation_of(tx: Tx, parent: Status) -> int:
    """It may just be joined to another, while the parent's own parent arrives."""
    held, found = None, parent.conversation_id
    while found != held:
        held = found
        await threads.hold_conversation(tx, held)
        found = await threads.conversation_with(tx, parent.id) or held
    return held


async def edit(tx: Tx, author: Account, status: Status, draft: Draft, edited_at: dt.datetime) -> bool:
    """Replace the words, keeping the old ones in the history. An edit older than the last one loses."""
    if not is_newer(status, edited_at):
        return False
    await store.keep_version(tx, status.id)
    await store.set_words(tx, status.id, draft, edited_at)
    await _set_belongings(tx, author, status, draft, is_new=False)
    await polls.ask(tx, status, draft.poll, edited_at)
    if draft.quote_policy is not None:
        await quotes_store.set_policy(tx, status.id, draft.quote_policy)
    tx.emit(StatusEdited(status_id=status.id, account_id=author.id, is_local=author.is_local))
    return True


def is_newer(status: Status, edited_at: dt.datetime) -> bool:
    """Whether an edit of that moment comes after all that the status shows."""
    # Peers tell time by the second: the first edit may carry the second of the post itself.
    return edited_at >= status.created_at if status.edited_at is None else edited_at > status.edited_at


async def _set_belongings(
    tx: Tx, author: Account, status: Status, draft: Draft, *, is_new: bool
) -> Sequence[StatusTag]:
    """What hangs on the status; from a new one nothing has to be taken away. Returns its tags."""
    if draft.mentions or draft.silent_mentions:
        await store.set_mentions(tx, status.id, draft.mentions, draft.silent_mentions)
    tags = await store.set_tags(tx, status.id, draft.tags) if draft.tags or not is_new else ()
    attaches = draft.media_ids or not is_new
    if attaches and await store.attach_media(tx, status.id, author.id, draft.media_ids) < len(draft.media_ids):
        raise ValidationFailed("Media attachments could not be found or are attached to another post")
    return tags


async def delete(tx: Tx, author: Account, status: Status) -> None:
    """Remove a status or boost for good. A tombstone keeps it from coming back."""
    ties = await ties_of(tx, status.id)
    if not await store.delete(tx, status.id):
        return
    await store.add_tombstone(tx, status.uri, author.uri)
    tx.emit(
        StatusDeleted(
            status_id=status.id,
            account_id=status.account_id,
            is_local=status.is_local,
            uri=status.uri,
            visibility=status.visibility,
            mentioned=ties.mentioned,
            in_reply_to_id=status.in_reply_to_id,
            in_reply_to_account_id=status.in_reply_to_account_id,
            reblog_of_id=status.reblog_of_id,
            tags=ties.tags,
            quoted_status_id=ties.quoted_status_id,
        )
    )


async def favourite(tx: Tx, actor: Account, status: Status, uri: Uri | None = None) -> bool:
    """Favourite the status. Doing it twice is the same as doing it once; False the second time."""
    await interactions.check(tx, Act.FAVOURITE, actor, status)
    # Never the same id twice: who took the first Like back would otherwise drop the second one as a repetition.
    uri = uri or Uri(f"{actor.uri}#likes/{await marks.new_favourite_id(tx)}")
    is_new = await marks.add_favourite(tx, status.id, actor.id, uri)
    if is_new:
        tx.emit(StatusFavourited(status_id=status.id, account_id=actor.id, is_local=actor.is_local))
    return is_new


async def unfavourite(tx: Tx, actor: Account, status: Status) -> bool:
    """Take the favourite back; False if there was none."""
    uri = await marks.remove_favourite(tx, status.id, actor.id)
    if uri is not None:
        tx.emit(StatusUnfavourited(status_id=status.id, account_id=actor.id, is_local=actor.is_local, uri=uri))
    return uri is not None


def may_boost(actor: AccountId, status: Status) -> bool:
    """Open statuses may be boosted by anybody, followers-only ones by their author."""
    return status.reblog_of_id is None and (
        status.visibility in OPEN or (status.visibility == PRIVATE and status.account_id == actor)
    )


def boost_visibility(status: Status, wanted: str | None) -> str:
    """As asked for, but never more open than what is boosted."""
    if status.visibility == PRIVATE:
        return PRIVATE
    return wanted if wanted in (PUBLIC, UNLISTED, PRIVATE) else PUBLIC


async def reblog(
    tx: Tx,
    addresses: Addresses,
    actor: Account,
    status: Status,
    visibility: str,
    *,
    created_at: dt.datetime,
    uri: Uri | None = None,
) -> Status:
    """Boost the status. Doing it twice is the same as doing it once."""
    if not may_boost(actor.id, status):
        raise NotAllowed
    await interactions.check(tx, Act.REBLOG, actor, status)
    boost_id = await store.new_id(tx, created_at)
    boost = await store.add_boost(
        tx,
        boost_id,
        uri or addresses.boost(actor.id, boost_id),
        actor.id,
        status,
        is_local=actor.is_local,
        visibility=visibility,
        created_at=created_at,
    )
    if boost is None:
        known = await reading.boost_of(tx, actor.id, status.id)
        if known is None:
            raise NotAllowed
        return known
    tx.emit(StatusCreated(status_id=boost.id, account_id=actor.id, is_local=actor.is_local))
    return boost


async def unreblog(tx: Tx, actor: Account, status: Status) -> bool:
    """Take the boost back; False if there was none."""
    boost = await reading.boost_of(tx, actor.id, status.id)
    if boost is not None:
        await delete(tx, actor, boost)
    return boost is not None


async def bookmark(tx: Tx, account: Account, status: Status) -> None:
    await marks.add_bookmark(tx, account.id, status.id)


async def unbookmark(tx: Tx, account: Account, status: Status) -> None:
    await marks.remove_bookmark(tx, account.id, status.id)


async def pin(tx: Tx, account: Account, status: Status) -> None:
    """Show the status at the head of its author's profile."""
    if status.account_id != account.id:
        raise ValidationFailed("Someone else's post cannot be pinned")
    if status.reblog_of_id is not None:
        raise ValidationFailed("A boost cannot be pinned")
    if status.visibility == DIRECT:
        raise ValidationFailed("Posts that are only visible to mentioned users cannot be pinned")
    if await marks.add_pin(tx, account.id, status.id):
        tx.emit(StatusPinned(status_id=status.id, account_id=account.id, uri=status.uri, pinned_at=utc_now()))


async def unpin(tx: Tx, account: Account, status: Status) -> None:
    if await marks.remove_pin(tx, account.id, status.id):
        tx.emit(StatusUnpinned(status_id=status.id, account_id=account.id, uri=status.uri, unpinned_at=utc_now()))


async def mute_conversation(tx: Tx, account: Account, status: Status) -> None:
    await marks.add_conversation_mute(tx, account.id, status.conversation_id)


async def unmute_conversation(tx: Tx, account: Account, status: Status) -> None:
    await marks.remove_conversation_mute(tx, account.id, status.conversation_id)
