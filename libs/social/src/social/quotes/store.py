"""SQL for quotes. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, QuoteId, StatusId, Uri
from social.paging import Page
from social.quotes.model import Policy, Quote, Quoting, Standing
from social.statuses.reading import VISIBLE

COLUMNS = ", ".join(f"q.{name}" for name in Quote.__struct_fields__)


async def new_id(tx: Tx, at: dt.datetime) -> QuoteId:
    return QuoteId(await tx.fetchval("SELECT social.snowflake($1)", at))


async def add(
    tx: Tx,
    quote_id: QuoteId,
    status_id: StatusId,
    author: AccountId,
    quoting: Quoting,
    *,
    state: str,
    request_uri: Uri | None,
    approval_uri: Uri | None,
) -> Quote | None:
    """Insert the row; None if the status quotes already."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.quotes AS q (
            id, status_id, account_id, quoted_status_id, quoted_account_id, quoted_uri, state, legacy, request_uri,
            approval_uri
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (status_id) DO NOTHING
        RETURNING {COLUMNS}
        """,
        quote_id,
        status_id,
        author,
        quoting.status_id,
        quoting.account_id,
        quoting.uri,
        state,
        quoting.legacy,
        request_uri,
        approval_uri,
    )
    return Quote(**row) if row else None


async def by_id(db: Reader, quote_id: QuoteId) -> Quote | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.quotes q WHERE q.id = $1", quote_id)
    return Quote(**row) if row else None


async def of_status(db: Reader, status_id: StatusId) -> Quote | None:
    """What the status quotes."""
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.quotes q WHERE q.status_id = $1", status_id)
    return Quote(**row) if row else None


async def held(tx: Tx, quote_id: QuoteId) -> Quote | None:
    """As it is now, and as nobody else changes it until the transaction ends."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM social.quotes q WHERE q.id = $1 FOR UPDATE", quote_id)
    return Quote(**row) if row else None


async def by_request(db: Reader, request_uri: Uri) -> Quote | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.quotes q WHERE q.request_uri = $1", request_uri)
    return Quote(**row) if row else None


async def by_approval(db: Reader, approval_uri: Uri) -> list[Quote]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.quotes q WHERE q.approval_uri = $1", approval_uri)
    return [Quote(**row) for row in rows]


async def set_state(
    tx: Tx, quote_id: QuoteId, state: str, *, request_uri: Uri | None = None, approval_uri: Uri | None = None
) -> None:
    """What is not given of the two addresses stays as it was."""
    await tx.execute(
        """
        UPDATE social.quotes
        SET state = $2, request_uri = coalesce($3, request_uri), approval_uri = coalesce($4, approval_uri),
            updated_at = now()
        WHERE id = $1
        """,
        quote_id,
        state,
        request_uri,
        approval_uri,
    )


async def set_approval(tx: Tx, quote_id: QuoteId, approval_uri: Uri) -> None:
    await tx.execute(
        "UPDATE social.quotes SET approval_uri = $2, legacy = false, updated_at = now() WHERE id = $1",
        quote_id,
        approval_uri,
    )


async def set_quoted_uri(tx: Tx, quote_id: QuoteId, uri: Uri) -> None:
    """What was named by another address calls itself so."""
    await tx.execute("UPDATE social.quotes SET quoted_uri = $2 WHERE id = $1", quote_id, uri)


async def join(tx: Tx, uri: Uri) -> list[Quote]:
    """Give those who quote this status the row of it, which came after theirs."""
    rows = await tx.fetch(
        f"""
        UPDATE social.quotes q
        SET quoted_status_id = s.id, quoted_account_id = s.account_id, updated_at = now()
        FROM social.statuses s
        WHERE q.quoted_uri = $1 AND q.quoted_status_id IS NULL AND q.state = 'pending' AND s.uri = q.quoted_uri
            AND s.reblog_of_id IS NULL
        RETURNING {COLUMNS}
        """,
        uri,
    )
    return [Quote(**row) for row in rows]


async def remove(tx: Tx, quote_id: QuoteId) -> None:
    await tx.execute("DELETE FROM social.quotes WHERE id = $1", quote_id)


async def height_of(db: Reader, status_id: StatusId, limit: int) -> int:
    """How many quotes lie above the status: what it quotes is so much deeper."""
    height: int = await db.fetchval(
        """
        WITH RECURSIVE above (id, height) AS (
            SELECT $1::bigint, 0
            UNION
            SELECT q.status_id, above.height + 1
            FROM above JOIN social.quotes q ON q.quoted_status_id = above.id
            WHERE above.height < $2
        )
        SELECT max(height) FROM above
        """,
        status_id,
        limit,
    )
    return height


async def standing_of(db: Reader, status_id: StatusId, account_id: AccountId) -> Standing | None:
    """Everything that decides whether the account may quote the status."""
    row = await db.fetchrow(
        """
        SELECT s.visibility, s.quote_automatic, s.quote_manual, s.account_id = $2 AS is_author,
            s.reblog_of_id IS NOT NULL AS is_boost,
            EXISTS (SELECT FROM social.follows f WHERE f.account_id = $2 AND f.target_id = s.account_id)
                AS follows_author,
            EXISTS (SELECT FROM social.follows f WHERE f.account_id = s.account_id AND f.target_id = $2)
                AS followed_by_author,
            EXISTS (
                SELECT FROM social.blocks b
                WHERE (b.account_id = $2 AND b.target_id = s.account_id)
                    OR (b.account_id = s.account_id AND b.target_id = $2)
            ) OR EXISTS (
                SELECT FROM social.account_domain_blocks d JOIN social.accounts a ON a.domain = d.domain
                WHERE d.account_id = s.account_id AND a.id = $2
            ) AS is_blocked
        FROM social.statuses s
        WHERE s.id = $1
        """,
        status_id,
        account_id,
    )
    if row is None:
        return None
    columns = dict(row)
    policy = Policy(tuple(columns.pop("quote_automatic")), tuple(columns.pop("quote_manual")))
    return Standing(policy=policy, **columns)


async def policies_of(db: Reader, ids: Sequence[StatusId]) -> dict[StatusId, Policy]:
    rows = await db.fetch(
        "SELECT id, quote_automatic, quote_manual FROM social.statuses WHERE id = ANY ($1::bigint[])", list(ids)
    )
    return {row["id"]: Policy(tuple(row["quote_automatic"]), tuple(row["quote_manual"])) for row in rows}


async def set_policy(tx: Tx, status_id: StatusId, policy: Policy) -> bool:
    """Write who may quote the status; False if it stood so already."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.statuses SET quote_automatic = $2, quote_manual = $3
            WHERE id = $1 AND (quote_automatic, quote_manual) IS DISTINCT FROM ($2::text[], $3::text[])
            RETURNING true
            """,
            status_id,
            list(policy.automatic),
            list(policy.manual),
        )
    )


async def quotes_of(
    db: Reader, status_id: StatusId, viewer: AccountId | None, page: Page
) -> list[tuple[QuoteId, StatusId]]:
    """Accepted quotes of the status that the viewer may see, newest first."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT q.id, q.status_id
        FROM social.quotes q
        JOIN social.statuses s ON s.id = q.status_id
        JOIN social.accounts author ON author.id = s.account_id
        WHERE q.quoted_status_id = $1 AND q.state = 'accepted' AND {VISIBLE}
            AND ($3::bigint IS NULL OR q.id < $3) AND ($4::bigint IS NULL OR q.id > $4)
        ORDER BY q.id {order}
        LIMIT $5
        """,
        status_id,
        viewer,
        page.max_id,
        page.after,
        page.limit,
    )
    found = [(QuoteId(row["id"]), StatusId(row["status_id"])) for row in rows]
    return page.newest_first(found)


async def local_quoters_of(db: Reader, status_id: StatusId) -> list[tuple[AccountId, StatusId]]:
    """Who of ours quotes the status with its author's consent, and in which posts."""
    rows = await db.fetch(
        """
        SELECT q.account_id, q.status_id
        FROM social.quotes q JOIN social.statuses s ON s.id = q.status_id
        WHERE q.quoted_status_id = $1 AND q.state = 'accepted' AND s.is_local
        ORDER BY q.id
        """,
        status_id,
    )
    return [(row["account_id"], row["status_id"]) for row in rows]
