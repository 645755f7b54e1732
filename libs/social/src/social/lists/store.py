"""SQL for lists of people. One function, one statement."""

from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, ListId
from social.lists.model import PeopleList
from social.paging import Page

COLUMNS = ", ".join(f"l.{name}" for name in PeopleList.__struct_fields__)


async def by_id(db: Reader, list_id: ListId, owner: AccountId) -> PeopleList | None:
    """None also for somebody else's."""
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.lists l WHERE l.id = $1 AND l.account_id = $2", list_id, owner
    )
    return PeopleList(**row) if row else None


async def all_of(db: Reader, owner: AccountId) -> list[PeopleList]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.lists l WHERE l.account_id = $1 ORDER BY l.id", owner)
    return [PeopleList(**row) for row in rows]


async def with_member(db: Reader, owner: AccountId, member: AccountId) -> list[PeopleList]:
    """Those of the owner's lists that the member is on."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM social.lists l JOIN social.list_accounts m ON m.list_id = l.id
        WHERE l.account_id = $1 AND m.account_id = $2
        ORDER BY l.id
        """,
        owner,
        member,
    )
    return [PeopleList(**row) for row in rows]


async def add(
    tx: Tx, owner: AccountId, *, title: str, replies_policy: str, exclusive: bool, most: int
) -> PeopleList | None:
    """None if the owner has `most` lists already."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.lists AS l (account_id, title, replies_policy, exclusive)
        SELECT $1, $2, $3, $4
        WHERE (SELECT count(*) FROM social.lists x WHERE x.account_id = $1) < $5
        RETURNING {COLUMNS}
        """,
        owner,
        title,
        replies_policy,
        exclusive,
        most,
    )
    return PeopleList(**row) if row else None


async def set_rules(tx: Tx, changed: PeopleList) -> None:
    await tx.execute(
        "UPDATE social.lists SET title = $2, replies_policy = $3, exclusive = $4 WHERE id = $1",
        changed.id,
        changed.title,
        changed.replies_policy,
        changed.exclusive,
    )


async def remove(tx: Tx, list_id: ListId) -> None:
    await tx.execute("DELETE FROM social.lists WHERE id = $1", list_id)


async def members_of(db: Reader, list_id: ListId, page: Page | None) -> list[AccountId]:
    """Those who are not suspended, the newest account first; all of them without a page."""
    rows = await db.fetch(
        """
        SELECT a.id
        FROM social.list_accounts m JOIN social.accounts a ON a.id = m.account_id
        WHERE m.list_id = $1 AND a.suspended_at IS NULL
            AND ($2::bigint IS NULL OR a.id < $2) AND ($3::bigint IS NULL OR a.id > $3)
        ORDER BY a.id DESC LIMIT $4
        """,
        list_id,
        page.max_id if page else None,
        page.after if page else None,
        page.limit if page else None,
    )
    return [row["id"] for row in rows]


async def all_members_of(db: Reader, list_id: ListId) -> list[AccountId]:
    """Suspended ones too."""
    rows = await db.fetch("SELECT account_id FROM social.list_accounts WHERE list_id = $1 ORDER BY id", list_id)
    return [row["account_id"] for row in rows]


async def may_join(db: Reader, owner: AccountId, candidates: Sequence[AccountId]) -> set[AccountId]:
    """Those of the candidates whom the owner follows or asked to; and the owner."""
    rows = await db.fetch(
        """
        SELECT target_id FROM social.follows WHERE account_id = $1 AND target_id = ANY ($2::bigint[])
        UNION
        SELECT target_id FROM social.follow_requests WHERE account_id = $1 AND target_id = ANY ($2::bigint[])
        UNION
        SELECT $1::bigint
        """,
        owner,
        list(candidates),
    )
    return {row["target_id"] for row in rows}


async def add_members(tx: Tx, list_id: ListId, members: Sequence[AccountId]) -> list[AccountId]:
    """Those who were not on it. In the order of their ids, or two who add the same wait for each other."""
    rows = await tx.fetch(
        """
        INSERT INTO social.list_accounts (list_id, account_id)
        SELECT $1, m.id FROM unnest($2::bigint[]) AS m (id) ORDER BY m.id
        ON CONFLICT (list_id, account_id) DO NOTHING
        RETURNING account_id
        """,
        list_id,
        list(members),
    )
    return [row["account_id"] for row in rows]


async def remove_members(tx: Tx, list_id: ListId, members: Sequence[AccountId]) -> list[AccountId]:
    """Those who were on it."""
    rows = await tx.fetch(
        "DELETE FROM social.list_accounts WHERE list_id = $1 AND account_id = ANY ($2::bigint[]) RETURNING account_id",
        list_id,
        list(members),
    )
    return [row["account_id"] for row in rows]


async def remove_from_all(tx: Tx, owner: AccountId, member: AccountId) -> list[ListId]:
    """Take the member off all of the owner's lists; which they were on."""
    rows = await tx.fetch(
        """
        DELETE FROM social.list_accounts m USING social.lists l
        WHERE l.id = m.list_id AND l.account_id = $1 AND m.account_id = $2
        RETURNING m.list_id
        """,
        owner,
        member,
    )
    return [row["list_id"] for row in rows]
