"""Who may see a post, as addressing says it, and the addressing that says it."""

from collections.abc import Collection
from enum import StrEnum

from apcore.context import PUBLIC


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    LIMITED = "limited"  # Read only: addressed to someone who is not mentioned. Clients are told "private".
    DIRECT = "direct"


def visibility_of(
    to: Collection[str],
    cc: Collection[str],
    followers_uri: str | None,
    mentioned: Collection[str],
    direct_message: bool | None = None,
) -> Visibility:
    """What the addressing of a post means. `followers_uri` is its author's collection."""
    if PUBLIC in to:
        return Visibility.PUBLIC
    if PUBLIC in cc:
        return Visibility.UNLISTED
    if followers_uri and followers_uri in to:
        return Visibility.PRIVATE
    silent = {*to, *cc} - {*mentioned}
    if direct_message is False or silent:
        return Visibility.LIMITED
    return Visibility.DIRECT


def address(
    visibility: Visibility, followers: str, mentioned: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The `to` and `cc` that say this visibility."""
    people = tuple(dict.fromkeys(mentioned))
    match visibility:
        case Visibility.PUBLIC:
            return (PUBLIC,), (followers, *people)
        case Visibility.UNLISTED:
            return (followers,), (PUBLIC, *people)
        case Visibility.PRIVATE:
            return (followers,), people
        case Visibility.LIMITED | Visibility.DIRECT:
            return people, ()
