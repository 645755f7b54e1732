"""Following hashtags."""

from chassis.db import Tx
from contracts.events import TagFollowed, TagUnfollowed
from contracts.ids import AccountId
from social.errors import NoSuchRecord
from social.statuses.text import TAG_NAME
from social.tags import following, store
from social.tags.model import Tag


async def known(tx: Tx, name: str) -> Tag:
    """The tag of this name, made if nobody used it yet; NoSuchRecord for what cannot be one."""
    if TAG_NAME.fullmatch(name) is None:
        raise NoSuchRecord
    tag = await store.by_name(tx, name)
    if tag is None:
        await following.add_tag(tx, name)
        tag = await store.by_name(tx, name)
    assert tag is not None
    return tag


async def follow(tx: Tx, account_id: AccountId, tag: Tag) -> None:
    if await following.add_follow(tx, account_id, tag.id):
        tx.emit(TagFollowed(account_id=account_id, tag_id=tag.id))


async def unfollow(tx: Tx, account_id: AccountId, tag: Tag) -> None:
    if await following.remove_follow(tx, account_id, tag.id):
        tx.emit(TagUnfollowed(account_id=account_id, tag_id=tag.id))
