"""SQL that finds accounts by what people type of their names. One function, one statement."""

import msgspec

from chassis.db import Reader
from contracts.ids import AccountId
from social.accounts.model import Account
from social.accounts.store import COLUMNS

MOST_MATCHES = 2000
SHORT = 3
"""Of fewer letters the trigram index knows only how words begin."""


class Names(msgspec.Struct, frozen=True):
    """Which accounts: by a part of the user name or the shown name, and the beginning of the server's name."""

    words: str
    domain: str = ""


async def resembling(
    db: Reader, names: Names, our_domain: str, viewer: AccountId | None, *, following: bool, limit: int, offset: int
) -> list[Account]:
    """Whom the viewer follows come first, then who is called exactly so, or begins so; the better known first.

    Whom the viewer blocks is found: toot looks them up by search to unblock them.
    """
    matches = """
        a.suspended_at IS NULL AND a.moved_to_id IS NULL
        AND (
            (lower(a.username) || ' ' || lower(a.display_name)) LIKE $1 || '%'
            OR (lower(a.username) || ' ' || lower(a.display_name)) LIKE '% ' || $1 || '%'
            OR (lower(a.username) || ' ' || lower(a.display_name)) LIKE '%' || $7 || '%'
        )
        AND ($8 = '' OR starts_with(coalesce(a.domain, $9), $8))
    """
    words = names.words.lower()
    escaped = _escaped(words)
    rows = await db.fetch(
        f"""
        WITH known AS MATERIALIZED (
            SELECT a.id FROM social.follows f JOIN social.accounts a ON a.id = f.target_id
            WHERE f.account_id = $2 AND {matches}
        ), others AS MATERIALIZED (
            SELECT a.id FROM social.accounts a WHERE NOT $3::boolean AND {matches} LIMIT {MOST_MATCHES}
        )
        SELECT {COLUMNS}
        FROM (SELECT id FROM known UNION SELECT id FROM others) found
        JOIN social.accounts a ON a.id = found.id
        LEFT JOIN known ON known.id = a.id
        LEFT JOIN social.account_counts c ON c.account_id = a.id
        WHERE a.id > 0 AND NOT EXISTS (
            SELECT FROM social.blocks b
            WHERE b.account_id = a.id AND b.target_id = $2
        )
        ORDER BY known.id IS NULL, lower(a.username) = $6 DESC, starts_with(lower(a.username), $6) DESC,
            coalesce(c.followers, 0) DESC, a.is_local DESC, a.id
        LIMIT $4 OFFSET $5
        """,
        escaped,
        viewer,
        following,
        limit,
        offset,
        words,
        escaped if len(words) >= SHORT else None,
        names.domain.lower(),
        our_domain,
    )
    return [Account(**row) for row in rows]


def _escaped(text: str) -> str:
    """For LIKE, without its wildcards."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
