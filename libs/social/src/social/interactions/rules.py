"""Who may do what with a post: pure decisions on what its author said."""

import enum
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from contracts.ids import Uri

PUBLIC: Final = "public"
FOLLOWERS: Final = "followers"
FOLLOWING: Final = "following"
MENTIONED: Final = "mentioned"
GROUPS: Final = (PUBLIC, FOLLOWERS, FOLLOWING, MENTIONED)
"""Whom an author of ours can name; elsewhere accounts are named by their URI, too."""

InteractionPolicy = Mapping[str, Mapping[str, Sequence[str]]]
"""By act, and within that by whether its author wants to be asked first: groups and URIs."""

AUTOMATIC: Final = "automatic"
MANUAL: Final = "manual"


class Act(enum.Enum):
    """What the author can say something about. The value is the key in a policy."""

    REPLY = "reply"
    FAVOURITE = "favourite"
    REBLOG = "reblog"


class Bearing(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands to the post and its author."""

    uri: Uri
    is_author: bool = False
    follows_author: bool = False
    followed_by_author: bool = False
    is_mentioned: bool = False


def may(act: Act, policy: InteractionPolicy | None, bearing: Bearing) -> bool:
    """Whether they may; where the author wants to be asked, it is theirs to refuse what comes.

    Nothing said means everybody. An author may do anything, and whoever is mentioned may answer.
    """
    said = (policy or {}).get(act.value)
    if said is None or bearing.is_author or (act is Act.REPLY and bearing.is_mentioned):
        return True
    named = {*said.get(AUTOMATIC, ()), *said.get(MANUAL, ())}
    return bool(named & _groups_of(bearing))


def _groups_of(bearing: Bearing) -> set[str]:
    belongs = (
        (PUBLIC, True),
        (FOLLOWERS, bearing.follows_author),
        (FOLLOWING, bearing.followed_by_author),
        (MENTIONED, bearing.is_mentioned),
        (bearing.uri, True),
    )
    return {group for group, is_in in belongs if is_in}
