"""SQL that reads what one viewer has to do with statuses. One function, one statement."""

from collections.abc import Sequence

from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from social.statuses.model import Flags


async def flags_of(db: Reader, ids: Sequence[StatusId], viewer: AccountId) -> dict[StatusId, Flags]:
    """What the viewer did with each of the statuses."""
    rows = await db.fetch(
        """
        SELECT s.id,
            EXISTS (SELECT FROM social.favourites f WHERE f.status_id = s.id AND f.account_id = $2) AS favourited,
            EXISTS (SELECT FROM social.statuses r WHERE r.reblog_of_id = s.id AND r.account_id = $2) AS reblogged,
            EXISTS (SELECT FROM social.bookmarks b WHERE b.status_id = s.id AND b.account_id = $2) AS bookmarked,
            EXISTS (
                SELECT FROM social.conversation_mutes m
                WHERE m.conversation_id = s.conversation_id AND m.account_id = $2
            ) AS muted,
            EXISTS (SELECT FROM social.status_pins p WHERE p.status_id = s.id AND p.account_id = $2) AS pinned,
            (
                SELECT array_agg(v.choice::int ORDER BY v.choice)
                FROM social.polls p JOIN social.poll_votes v ON v.poll_id = p.id AND v.account_id = $2
                WHERE p.status_id = s.id
            ) AS choices
        FROM social.statuses s
        WHERE s.id = ANY ($1::bigint[])
        """,
        list(ids),
        viewer,
    )
    return {row["id"]: Flags(**{k: v for k, v in row.items() if k != "id"}) for row in rows}
