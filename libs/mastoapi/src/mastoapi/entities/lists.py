"""Lists of people as clients see them."""

from msgspec import Struct

from social.lists.model import PeopleList


class List(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    replies_policy: str
    exclusive: bool


def list_from(row: PeopleList) -> List:
    return List(id=str(row.id), title=row.title, replies_policy=row.replies_policy, exclusive=row.exclusive)
