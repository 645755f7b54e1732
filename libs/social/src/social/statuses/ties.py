"""SQL that reads whom and what a status is tied to."""

import msgspec

from chassis.db import Reader
from contracts.ids import AccountId, StatusId


class Ties(msgspec.Struct, frozen=True):
    """Whom and what a status is tied to: what nobody could look up once it is gone."""

    mentioned: tuple[AccountId, ...]
    tags: tuple[str, ...]
    quoted_status_id: StatusId | None


async def ties_of(db: Reader, status_id: StatusId) -> Ties:
    row = await db.fetchrow(
        """
        SELECT
            ARRAY(SELECT account_id FROM social.mentions WHERE status_id = $1 ORDER BY account_id) AS mentioned,
            ARRAY(
                SELECT t.name FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id
                WHERE st.status_id = $1 ORDER BY t.name
            ) AS tags,
            (SELECT quoted_status_id FROM social.quotes WHERE status_id = $1) AS quoted
        """,
        status_id,
    )
    assert row is not None
    return Ties(tuple(row["mentioned"]), tuple(row["tags"]), row["quoted"])
