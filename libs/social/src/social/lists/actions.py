"""Making lists and putting people on them. Only the owner's own client does."""

from collections.abc import Sequence

from chassis.db import Tx
from contracts.events import ListChanged, ListDeleted, ListMembersAdded, ListMembersRemoved
from contracts.ids import AccountId
from social.errors import NoSuchAccount, ValidationFailed
from social.lists import store
from social.lists.model import PeopleList, RepliesPolicy

MOST_LISTS = 50
LONGEST_TITLE = 256


async def create(tx: Tx, owner: AccountId, *, title: str, replies_policy: RepliesPolicy, exclusive: bool) -> PeopleList:
    check_title(title)
    made = await store.add(
        tx, owner, title=title, replies_policy=replies_policy.value, exclusive=exclusive, most=MOST_LISTS
    )
    if made is None:
        raise ValidationFailed("You have reached the maximum number of lists")
    return made


async def change(tx: Tx, changed: PeopleList) -> None:
    check_title(changed.title)
    await store.set_rules(tx, changed)
    tx.emit(ListChanged(list_id=changed.id, account_id=changed.account_id))


async def delete(tx: Tx, gone: PeopleList) -> None:
    members = await store.all_members_of(tx, gone.id)
    await store.remove(tx, gone.id)
    tx.emit(ListDeleted(list_id=gone.id, account_id=gone.account_id, exclusive=gone.exclusive, members=tuple(members)))


async def add_members(tx: Tx, to: PeopleList, members: Sequence[AccountId]) -> None:
    """All of them or nobody: each is followed by the owner or asked to, or is the owner, and not on it yet."""
    wanted = list(dict.fromkeys(members))
    if not set(wanted) <= await store.may_join(tx, to.account_id, wanted):
        raise NoSuchAccount
    added = await store.add_members(tx, to.id, wanted)
    if len(added) < len(members):
        raise ValidationFailed("Account has already been taken")
    if added:
        tx.emit(ListMembersAdded(list_id=to.id, account_id=to.account_id, members=tuple(added)))


async def remove_members(tx: Tx, of: PeopleList, members: Sequence[AccountId]) -> None:
    removed = await store.remove_members(tx, of.id, members)
    if removed:
        tx.emit(ListMembersRemoved(list_id=of.id, account_id=of.account_id, members=tuple(removed)))


async def take_off_all(tx: Tx, owner: AccountId, member: AccountId) -> None:
    """The owner does not follow the member any more."""
    for list_id in await store.remove_from_all(tx, owner, member):
        tx.emit(ListMembersRemoved(list_id=list_id, account_id=owner, members=(member,)))


def check_title(title: str) -> None:
    if not title.strip():
        raise ValidationFailed("Title can't be blank")
    if len(title) > LONGEST_TITLE:
        raise ValidationFailed(f"Title is too long (maximum is {LONGEST_TITLE} characters)")
