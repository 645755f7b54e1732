"""Who may and who wants to see a status: pure decisions on what was read."""

from contracts.ids import AccountId
from social.quotes import rules
from social.quotes.model import Policy, Standing
from social.statuses.model import OPEN, PRIVATE, Seen


def may_see(seen: Seen, viewer: AccountId | None) -> bool:
    """Whether the viewer is in the audience of the status and not blocked by its author."""
    if seen.account_id == viewer:
        return True
    if seen.blocked_by_author:
        return False
    if seen.visibility in OPEN or seen.names_viewer:
        return True
    return seen.visibility == PRIVATE and seen.follows_author


def wants_to_see(seen: Seen, original: Seen | None, viewer: AccountId | None) -> bool:
    """Whether a timeline or thread should show it: nobody shunned wrote it, boosted it, or is in it.

    `original` is what `seen` boosts, if it is a boost.
    """
    if seen.shuns_author and seen.account_id != viewer:
        return False
    if original is None:
        return not seen.blocks_parent
    # A reply to somebody whom the viewer blocks is half of a conversation they left.
    return not original.blocks_parent and (not original.shuns_author or original.account_id == viewer)


def approval(seen: Seen, policy: Policy, viewer: AccountId) -> rules.Approval:
    """Whether the viewer may quote the status."""
    return rules.approval(
        Standing(
            visibility=seen.visibility,
            policy=policy,
            is_author=seen.account_id == viewer,
            is_boost=seen.reblog_of_id is not None,
            follows_author=seen.follows_author,
            followed_by_author=seen.followed_by_author,
            is_blocked=seen.blocks_author or seen.blocked_by_author,
        )
    )


def state_of_quote(seen: Seen, quoted: Seen | None, *, is_hidden: bool, viewer: AccountId | None) -> str:
    """What the viewer is told of what the status quotes: the quoted may be nothing to them."""
    assert seen.quote_state is not None
    return rules.shown_state(
        seen.quote_state,
        has_quoted=seen.quoted_status_id is not None,
        may_see=quoted is not None and not is_hidden and may_see(quoted, viewer),
        blocks_author=quoted is not None and quoted.blocks_author,
        blocks_domain=quoted is not None and quoted.blocks_domain,
        mutes_author=quoted is not None and quoted.mutes_author,
    )
