"""Asking whether somebody may do something with a post."""

from typing import Final

from chassis.db import Reader
from chassis.errors import Invalid
from social.accounts.model import Account
from social.interactions import store
from social.interactions.rules import Act, may
from social.statuses.model import Status

WORDS: Final = {
    Act.REPLY: "The author of this post does not let you reply to it",
    Act.FAVOURITE: "The author of this post does not let you favourite it",
    Act.REBLOG: "The author of this post does not let you boost it",
}


class NotWanted(Invalid):
    """The author of this post does not let you do that"""


async def check(db: Reader, act: Act, actor: Account, status: Status) -> None:
    """Raises NotWanted. Between others it is their own servers' to see to."""
    concerns_us = actor.is_local or status.is_local
    if status.interaction_policy is None or not concerns_us:
        return
    if not may(act, status.interaction_policy, await store.bearing_of(db, actor.id, status.id)):
        raise NotWanted(WORDS[act])
