"""SQL for deciding what may go round. One function, one statement."""

import msgspec

from chassis.db import Reader, Tx


class Used(msgspec.Struct, frozen=True):
    """A hashtag or a link, how many people used it today, and what was decided."""

    what: str
    accounts: int
    trendable: bool | None


async def most_used(db: Reader) -> list[Used]:
    """Of today and yesterday: at most 40 hashtags by people, then the 40 links shared last."""
    rows = await db.fetch(
        """
        (
            SELECT '#' || t.display_name AS what, max(d.accounts) AS accounts, t.trendable
            FROM social.tag_days d JOIN social.tags t ON t.id = d.tag_id
            WHERE d.day >= (now() AT TIME ZONE 'UTC')::date - 1
            GROUP BY t.id
            ORDER BY accounts DESC, what
            LIMIT 40
        ) UNION ALL (
            SELECT c.url, count(DISTINCT s.account_id)::int, c.trendable
            FROM (SELECT status_id, card_id FROM social.status_cards ORDER BY status_id DESC LIMIT 2000) late
            JOIN social.statuses s ON s.id = late.status_id AND s.visibility = 'public'
            JOIN social.preview_cards c ON c.id = late.card_id
            GROUP BY c.id
            ORDER BY 2 DESC, 1
            LIMIT 40
        )
        """
    )
    return [Used(**row) for row in rows]


async def set_tag(tx: Tx, name: str, *, trendable: bool) -> bool:
    """False if nobody ever used it."""
    sql = "UPDATE social.tags SET trendable = $2, reviewed_at = now() WHERE name = lower($1) RETURNING true"
    return bool(await tx.fetchval(sql, name, trendable))


async def set_link(tx: Tx, url: str, *, trendable: bool) -> bool:
    """False if nobody ever shared it."""
    sql = "UPDATE social.preview_cards SET trendable = $2 WHERE url = $1 RETURNING true"
    return bool(await tx.fetchval(sql, url, trendable))
