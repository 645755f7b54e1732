"""What a relay is to us."""

from typing import Final

import msgspec

from contracts.ids import RelayId, Uri

IDLE: Final = "idle"
PENDING: Final = "pending"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
STATES: Final = (IDLE, PENDING, ACCEPTED, REJECTED)


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.relays`."""

    id: RelayId
    inbox_url: str
    actor_uri: Uri | None
    """Who it is; of one as Mastodon has them this is known once it agreed."""
    follow_uri: Uri
    """The Follow by which we asked it."""
    follows: Uri
    """What of: everybody, as Mastodon asks, or its actor, as Pleroma does."""
    state: str
