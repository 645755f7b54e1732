"""Who may and who wants to see a status: pure decisions on what was loaded."""

from social.relationships.model import Circle
from social.statuses.model import DIRECT, LIMITED, OPEN, PRIVATE, FullStatus


def may_see(full: FullStatus, circle: Circle) -> bool:
    """Whether the viewer is in the audience of the status and not blocked by its author."""
    status = full.status
    if status.account_id == circle.viewer:
        return True
    if status.account_id in circle.blocked_by:
        return False
    if status.visibility in OPEN:
        return True
    named = circle.viewer is not None and any(m.account_id == circle.viewer for m in full.mentions)
    match status.visibility:
        case "private":
            return named or status.account_id in circle.following
        case _:
            assert status.visibility in (DIRECT, LIMITED, PRIVATE)
            return named


def wants_to_see(full: FullStatus, original: FullStatus | None, circle: Circle) -> bool:
    """Whether a timeline or thread should show it: nobody shunned wrote it, boosted it, or is in it.

    `original` is what `full` boosts, if it is a boost.
    """
    authors = {full.status.account_id} | ({original.status.account_id} if original else set())
    if any(circle.shuns(author) for author in authors if author != circle.viewer):
        return False
    # A reply to somebody whom the viewer blocks is half of a conversation they left.
    shown = original or full
    parent = shown.status.in_reply_to_account_id
    return parent is None or parent == circle.viewer or parent not in circle.blocking


def people_in(statuses: list[FullStatus]) -> list[int]:
    """Every account whose relation to the viewer matters for these statuses."""
    found = {full.status.account_id for full in statuses}
    found |= {p for full in statuses if (p := full.status.in_reply_to_account_id) is not None}
    return sorted(found)
