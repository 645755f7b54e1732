"""Reacting with an emoji. To those who know none it is a favourite, which stands as long as any of them does."""

from chassis.db import Tx
from contracts.ids import EmojiId, Uri
from social.accounts.model import Account
from social.reactions import store
from social.statuses import actions, marks
from social.statuses.model import Status


async def react(tx: Tx, actor: Account, status: Status, name: str, emoji_id: EmojiId | None, uri: Uri) -> bool:
    """Doing it twice is the same as doing it once; False the second time."""
    is_first = await actions.favourite(tx, actor, status, uri)
    return await store.add(tx, status.id, actor.id, name, emoji_id, uri) or is_first


async def like(tx: Tx, actor: Account, status: Status, uri: Uri | None) -> bool:
    """A favourite without an emoji, which outlasts those with one."""
    is_new = await actions.favourite(tx, actor, status, uri)
    if not is_new and uri is not None and await store.latest_of(tx, status.id, actor.id):
        await marks.set_favourite_uri(tx, status.id, actor.id, uri)
    return is_new


async def take_back(tx: Tx, actor: Account, status: Status, uri: Uri, name: str | None = None) -> None:
    """The reaction of that id or name; without one, the favourite."""
    gone = await store.remove(tx, status.id, actor.id, uri, name)
    if gone is not None and await marks.favourite_uri(tx, status.id, actor.id) != gone:
        return
    if (other := await store.latest_of(tx, status.id, actor.id)) is not None:
        await marks.set_favourite_uri(tx, status.id, actor.id, other)
    else:
        await actions.unfavourite(tx, actor, status)
