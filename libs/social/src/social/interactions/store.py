"""SQL for who may do what with a post, and how often others did. One function, one statement."""

from chassis.db import Reader, Tx
from contracts.ids import AccountId, StatusId
from social.interactions.rules import Bearing, InteractionPolicy


async def bearing_of(db: Reader, account_id: AccountId, status_id: StatusId) -> Bearing:
    row = await db.fetchrow(
        """
        SELECT me.uri, s.account_id = me.id AS is_author,
            EXISTS (SELECT FROM social.follows WHERE account_id = me.id AND target_id = s.account_id)
                AS follows_author,
            EXISTS (SELECT FROM social.follows WHERE account_id = s.account_id AND target_id = me.id)
                AS followed_by_author,
            EXISTS (SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = me.id AND NOT n.silent)
                OR s.in_reply_to_account_id IS NOT DISTINCT FROM me.id AS is_mentioned
        FROM social.accounts me, social.statuses s
        WHERE me.id = $1 AND s.id = $2
        """,
        account_id,
        status_id,
    )
    assert row is not None
    return Bearing(**row)


async def set_policy(tx: Tx, status_id: StatusId, policy: InteractionPolicy | None) -> bool:
    """False if it was the same."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.statuses SET interaction_policy = $2
            WHERE id = $1 AND interaction_policy IS DISTINCT FROM $2
            RETURNING true
            """,
            status_id,
            policy,
        )
    )


async def set_counts_elsewhere(tx: Tx, status_id: StatusId, *, favourites: int | None, reblogs: int | None) -> bool:
    """Note how often its own server counts; what it does not tell stays. False if nothing changed."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.status_counts AS c (status_id, favourites_elsewhere, reblogs_elsewhere)
            VALUES ($1, coalesce($2, 0), coalesce($3, 0))
            ON CONFLICT (status_id) DO UPDATE
            SET favourites_elsewhere = coalesce($2, c.favourites_elsewhere),
                reblogs_elsewhere = coalesce($3, c.reblogs_elsewhere)
            WHERE c.favourites_elsewhere IS DISTINCT FROM coalesce($2, c.favourites_elsewhere)
                OR c.reblogs_elsewhere IS DISTINCT FROM coalesce($3, c.reblogs_elsewhere)
            RETURNING true
            """,
            status_id,
            favourites,
            reblogs,
        )
    )
