"""SQL for filters. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId
from social.filters.matching import Filters
from social.filters.model import Filter, FilterStatus, Keyword

COLUMNS = """
    f.id, f.account_id, f.title, f.contexts, f.action, f.expires_at,
    (
        SELECT jsonb_agg(to_jsonb(k) ORDER BY k.id) FROM social.filter_keywords k WHERE k.filter_id = f.id
    ) AS keywords,
    (
        SELECT jsonb_agg(to_jsonb(s) ORDER BY s.id) FROM social.filter_statuses s WHERE s.filter_id = f.id
    ) AS statuses
"""
KEYWORD = ", ".join(f"k.{name}" for name in Keyword.__struct_fields__)
STATUS = ", ".join(f"s.{name}" for name in FilterStatus.__struct_fields__)


def _filter(row: Row) -> Filter:
    columns = dict(row)
    columns["keywords"] = msgspec.convert(columns["keywords"] or [], list[Keyword])
    columns["statuses"] = msgspec.convert(columns["statuses"] or [], list[FilterStatus])
    return Filter(**columns)


async def active_of(db: Reader, account_id: AccountId) -> Filters:
    """What the account does not want to read now, ready to be applied."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM social.filters f
        WHERE f.account_id = $1 AND (f.expires_at IS NULL OR f.expires_at > now())
        ORDER BY f.id
        """,
        account_id,
    )
    return Filters.of([_filter(row) for row in rows])


async def of_account(db: Reader, account_id: AccountId) -> list[Filter]:
    """All of them, expired ones too."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.filters f WHERE f.account_id = $1 ORDER BY f.id", account_id)
    return [_filter(row) for row in rows]


async def one(db: Reader, account_id: AccountId, filter_id: FilterId) -> Filter | None:
    """The filter, if it is the account's."""
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.filters f WHERE f.account_id = $1 AND f.id = $2", account_id, filter_id
    )
    return _filter(row) if row else None


async def keyword_of(db: Reader, account_id: AccountId, keyword_id: FilterKeywordId) -> Keyword | None:
    row = await db.fetchrow(
        f"""
        SELECT {KEYWORD} FROM social.filter_keywords k JOIN social.filters f ON f.id = k.filter_id
        WHERE f.account_id = $1 AND k.id = $2
        """,
        account_id,
        keyword_id,
    )
    return Keyword(**row) if row else None


async def status_of(db: Reader, account_id: AccountId, row_id: FilterStatusId) -> FilterStatus | None:
    row = await db.fetchrow(
        f"""
        SELECT {STATUS} FROM social.filter_statuses s JOIN social.filters f ON f.id = s.filter_id
        WHERE f.account_id = $1 AND s.id = $2
        """,
        account_id,
        row_id,
    )
    return FilterStatus(**row) if row else None


async def size_of(db: Reader, account_id: AccountId) -> tuple[int, int]:
    """How many filters the account has, and how many keywords and posts in them."""
    row = await db.fetchrow(
        """
        SELECT count(*) AS filters, coalesce(sum(
            (SELECT count(*) FROM social.filter_keywords k WHERE k.filter_id = f.id)
            + (SELECT count(*) FROM social.filter_statuses s WHERE s.filter_id = f.id)
        ), 0)::bigint AS rules
        FROM social.filters f
        WHERE f.account_id = $1
        """,
        account_id,
    )
    assert row is not None
    return row["filters"], row["rules"]


async def add(
    tx: Tx,
    account_id: AccountId,
    *,
    title: str,
    contexts: Sequence[str],
    action: str,
    expires_at: dt.datetime | None,
) -> FilterId:
    added: FilterId = await tx.fetchval(
        """
        INSERT INTO social.filters (account_id, title, contexts, action, expires_at) VALUES ($1, $2, $3, $4, $5)
        RETURNING id
        """,
        account_id,
        title,
        list(contexts),
        action,
        expires_at,
    )
    return added


async def set_filter(
    tx: Tx,
    filter_id: FilterId,
    *,
    title: str,
    contexts: Sequence[str],
    action: str,
    expires_at: dt.datetime | None,
) -> None:
    await tx.execute(
        "UPDATE social.filters SET title = $2, contexts = $3, action = $4, expires_at = $5 WHERE id = $1",
        filter_id,
        title,
        list(contexts),
        action,
        expires_at,
    )


async def remove(tx: Tx, filter_id: FilterId) -> None:
    await tx.execute("DELETE FROM social.filters WHERE id = $1", filter_id)


async def add_keyword(tx: Tx, filter_id: FilterId, keyword: str, *, whole_word: bool) -> Keyword:
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.filter_keywords AS k (filter_id, keyword, whole_word) VALUES ($1, $2, $3)
        RETURNING {KEYWORD}
        """,
        filter_id,
        keyword,
        whole_word,
    )
    assert row is not None
    return Keyword(**row)


async def set_keyword(tx: Tx, keyword_id: FilterKeywordId, keyword: str, *, whole_word: bool) -> None:
    await tx.execute(
        "UPDATE social.filter_keywords SET keyword = $2, whole_word = $3 WHERE id = $1",
        keyword_id,
        keyword,
        whole_word,
    )


async def remove_keyword(tx: Tx, keyword_id: FilterKeywordId) -> None:
    await tx.execute("DELETE FROM social.filter_keywords WHERE id = $1", keyword_id)


async def add_status(tx: Tx, filter_id: FilterId, status_id: StatusId) -> FilterStatus | None:
    """None if the filter has it already."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.filter_statuses AS s (filter_id, status_id) VALUES ($1, $2)
        ON CONFLICT (filter_id, status_id) DO NOTHING
        RETURNING {STATUS}
        """,
        filter_id,
        status_id,
    )
    return FilterStatus(**row) if row else None


async def remove_status(tx: Tx, row_id: FilterStatusId) -> None:
    await tx.execute("DELETE FROM social.filter_statuses WHERE id = $1", row_id)
