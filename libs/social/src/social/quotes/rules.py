"""Who may quote, and what becomes of a quote: pure decisions."""

import enum
from typing import Final, Literal

from social.quotes.model import ACCEPTED, DELETED, PENDING, REJECTED, REVOKED, Policy, Quoting, Standing

Approval = Literal["automatic", "manual", "denied", "unknown"]
PUBLIC, FOLLOWERS, FOLLOWING, UNSUPPORTED = "public", "followers", "following", "unsupported_policy"
WANTED: Final = {
    "public": Policy((PUBLIC,)),
    "followers": Policy((FOLLOWERS,)),
    "nobody": Policy(),
}
"""What an author of ours can choose."""
OPEN: Final = ("public", "unlisted")
NOBODY: Final = Policy()
WITHOUT_QUOTED: Final = (PENDING, REJECTED, REVOKED, DELETED, "unauthorized")
"""States, as told to a viewer, that do not bring the quoted status."""


class Turn(enum.Enum):
    """What can happen to a quote."""

    ALLOWED = "allowed"
    """The quoted author agrees."""
    PROVEN = "proven"
    """Their agreement was read where they keep it, now."""
    REFUSED = "refused"
    """They do not agree, or no longer."""
    LOST = "lost"
    """There is nothing to quote any more."""


_NEXT: Final = {
    (PENDING, Turn.ALLOWED): ACCEPTED,
    (PENDING, Turn.PROVEN): ACCEPTED,
    (PENDING, Turn.REFUSED): REJECTED,
    (PENDING, Turn.LOST): DELETED,
    (ACCEPTED, Turn.REFUSED): REVOKED,
    (ACCEPTED, Turn.LOST): DELETED,
    # An Accept that comes after the Reject may be older; what stands on the author's server now is true now.
    (REJECTED, Turn.PROVEN): ACCEPTED,
}


def after(state: str, turn: Turn) -> str | None:
    """The state that follows; None when nothing changes."""
    return _NEXT.get((state, turn))


def first_state(quoting: Quoting, author: int, *, by_us: bool) -> str:
    """Where a quote begins. One of ours that quotes one of ours was allowed before it was posted."""
    if quoting.is_gone:
        return DELETED
    if quoting.status_id is None:
        return PENDING
    is_allowed = quoting.account_id == author or (by_us and quoting.is_local)
    return ACCEPTED if is_allowed else PENDING


def policy_for(wanted: str, visibility: str) -> Policy:
    """What an author chose, as far as the audience of the post goes."""
    return WANTED[wanted] if visibility in OPEN else NOBODY


def approval(standing: Standing) -> Approval:
    """Whether somebody may quote a post: at once, once the author agrees, not, or we cannot tell."""
    if standing.is_boost or standing.visibility in ("direct", "limited") or standing.is_blocked:
        return "denied"
    if standing.is_author:
        return "automatic"
    if standing.visibility not in OPEN:
        return "denied"
    if _covers(standing.policy.automatic, standing):
        return "automatic"
    if _covers(standing.policy.manual, standing):
        return "manual"
    return "unknown" if UNSUPPORTED in (*standing.policy.automatic, *standing.policy.manual) else "denied"


def _covers(allowed: tuple[str, ...], standing: Standing) -> bool:
    return (
        PUBLIC in allowed
        or (FOLLOWERS in allowed and standing.follows_author)
        or (FOLLOWING in allowed and standing.followed_by_author)
    )


def visibility_of_quote(wanted: str, quoted: str) -> str:
    """As asked for, but a quote of a followers-only post is for followers only."""
    return "private" if quoted == "private" and wanted in OPEN else wanted


def shown_state(
    state: str,
    *,
    has_quoted: bool,
    may_see: bool = True,
    blocks_author: bool = False,
    blocks_domain: bool = False,
    mutes_author: bool = False,
) -> str:
    """The state as one viewer is told it."""
    if state != ACCEPTED:
        return state
    if not has_quoted:
        return DELETED
    if not may_see:
        return "unauthorized"
    if blocks_author:
        return "blocked_account"
    if blocks_domain:
        return "blocked_domain"
    return "muted_account" if mutes_author else ACCEPTED
