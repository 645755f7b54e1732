"""SQL for what hashtags are to one person, and how much each was used by day. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, TagId
from social.paging import Page
from social.tags.model import Tag, Ties, Usage

COLUMNS = ", ".join(f"t.{name}" for name in Tag.__struct_fields__)


async def ties_of(db: Reader, ids: Sequence[TagId], account_id: AccountId) -> dict[TagId, Ties]:
    """Whether the account follows and features each of the tags."""
    rows = await db.fetch(
        """
        SELECT t.id,
            EXISTS (SELECT FROM social.tag_follows f WHERE f.tag_id = t.id AND f.account_id = $2) AS following,
            EXISTS (SELECT FROM social.featured_tags f WHERE f.tag_id = t.id AND f.account_id = $2) AS featuring
        FROM unnest($1::bigint[]) AS t (id)
        """,
        list(ids),
        account_id,
    )
    return {row["id"]: Ties(following=row["following"], featuring=row["featuring"]) for row in rows}


async def days_of(db: Reader, ids: Sequence[TagId], since: dt.date) -> list[Usage]:
    """How the tags were used, as last counted."""
    rows = await db.fetch(
        "SELECT tag_id, day, uses, accounts FROM social.tag_days WHERE tag_id = ANY ($1::bigint[]) AND day >= $2",
        list(ids),
        since,
    )
    return [Usage(**row) for row in rows]


async def followed_by(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, Tag]]:
    """Pairs of the follow's id, which pages, and the tag; newest first."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT f.id AS follow_id, {COLUMNS}
        FROM social.tag_follows f JOIN social.tags t ON t.id = f.tag_id
        WHERE f.account_id = $1 AND ($2::bigint IS NULL OR f.id < $2) AND ($3::bigint IS NULL OR f.id > $3)
        ORDER BY f.id {order} LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    found = [(row["follow_id"], Tag(**{k: v for k, v in row.items() if k != "follow_id"})) for row in rows]
    return page.newest_first(found)


async def add_tag(tx: Tx, name: str) -> None:
    """Make the tag known; the first spelling seen is the one shown."""
    await tx.execute(
        "INSERT INTO social.tags (name, display_name) VALUES (lower($1), $1) ON CONFLICT (name) DO NOTHING", name
    )


async def add_follow(tx: Tx, account_id: AccountId, tag_id: TagId) -> bool:
    """False if it was followed already."""
    done = await tx.fetchval(
        """
        INSERT INTO social.tag_follows (account_id, tag_id) VALUES ($1, $2)
        ON CONFLICT (account_id, tag_id) DO NOTHING RETURNING true
        """,
        account_id,
        tag_id,
    )
    return bool(done)


async def remove_follow(tx: Tx, account_id: AccountId, tag_id: TagId) -> bool:
    """False if it was not followed."""
    done = await tx.fetchval(
        "DELETE FROM social.tag_follows WHERE account_id = $1 AND tag_id = $2 RETURNING true", account_id, tag_id
    )
    return bool(done)
