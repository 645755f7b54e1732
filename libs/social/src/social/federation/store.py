"""SQL that only federation asks for. One function, one statement."""

import datetime as dt
from collections.abc import Collection, Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Domain, StatusId, Uri
from social.statuses.model import Status
from social.statuses.reading import COLUMNS


async def lock(tx: Tx, names: Collection[str]) -> None:
    """Keep other workers off these objects until the transaction ends. Sorted, so that nobody waits in a circle."""
    if names:
        await tx.fetch(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS n (name)",
            sorted(set(names)),
        )


async def remember(tx: Tx, uri: Uri, actor: Uri, until: dt.datetime | None = None) -> None:
    """The act of that id counts no more; with `until`, only if it came until then.

    Misskey gives the same id to each Follow of the same account, so a later one is a new act.
    """
    await tx.execute(
        """
        INSERT INTO social.undone AS u (uri, actor_uri, until) VALUES ($1, $2, $3)
        ON CONFLICT (uri, actor_uri) DO UPDATE
        SET until = CASE WHEN u.until IS NULL THEN NULL ELSE greatest(u.until, excluded.until) END
        """,
        uri,
        actor,
        until,
    )


async def is_undone(db: Reader, uri: str, actor: Uri, at: dt.datetime) -> bool:
    return bool(
        await db.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM social.undone
                WHERE uri = $1 AND actor_uri = $2 AND (until IS NULL OR until >= $3)
            )
            """,
            uri,
            actor,
            at,
        )
    )


async def forget_undone(tx: Tx, *, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM social.undone WHERE created_at < $1", before)


async def forget_tombstones(tx: Tx, *, before: dt.datetime, our_url: str) -> None:
    """Drop old tombstones of others; our own answer 410 for ever."""
    await tx.execute(
        "DELETE FROM social.tombstones WHERE created_at < $1 AND NOT starts_with(uri, $2)", before, f"{our_url}/"
    )


async def has_local_follower(db: Reader, account_id: AccountId) -> bool:
    return bool(
        await db.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
                WHERE f.target_id = $1 AND a.is_local
            )
            """,
            account_id,
        )
    )


async def statuses_by_uri(db: Reader, uris: Sequence[Uri]) -> dict[Uri, Status]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.statuses s WHERE s.uri = ANY ($1::text[])", list(uris))
    return {row["uri"]: Status(**row) for row in rows}


async def blocked_under(db: Reader, account_id: AccountId, uri: Uri) -> AccountId | None:
    """Whom the account blocks by the Block of that id."""
    found: AccountId | None = await db.fetchval(
        "SELECT target_id FROM social.blocks WHERE uri = $1 AND account_id = $2", uri, account_id
    )
    return found


async def favourited_under(db: Reader, account_id: AccountId, uri: Uri) -> StatusId | None:
    """What the account favourited by the Like of that id."""
    found: StatusId | None = await db.fetchval(
        "SELECT status_id FROM social.favourites WHERE uri = $1 AND account_id = $2", uri, account_id
    )
    return found


async def add_silent_mention(tx: Tx, status_id: StatusId, account_id: AccountId) -> None:
    """Let somebody read what was delivered to them; whoever is mentioned already stays so."""
    await tx.execute(
        "INSERT INTO social.mentions (status_id, account_id, silent) VALUES ($1, $2, true) ON CONFLICT DO NOTHING",
        status_id,
        account_id,
    )


async def release_handle(tx: Tx, username: str, domain: str, uri: Uri) -> list[Uri]:
    """Another remote account that carried this handle lost it, says its server, and is to be asked for its new one."""
    rows = await tx.fetch(
        """
        UPDATE social.accounts SET username = '~' || id, fetched_at = NULL
        WHERE lower(username) = lower($1) AND domain = $2 AND uri <> $3 AND NOT is_local
        RETURNING uri
        """,
        username,
        domain,
        uri,
    )
    return [row["uri"] for row in rows]


async def forget_tombstones_of(tx: Tx, actor: Uri) -> None:
    """What an account deleted may come again: its server began anew."""
    await tx.execute("DELETE FROM social.tombstones WHERE actor_uri = $1 AND uri <> $1", actor)


async def local_follows_of(db: Reader, target_id: AccountId) -> list[tuple[AccountId, Uri]]:
    """Who of ours follows the account, and by which Follow."""
    rows = await db.fetch(
        """
        SELECT f.account_id, f.uri FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_id = $1 AND a.is_local AND f.uri IS NOT NULL
        ORDER BY f.id
        """,
        target_id,
    )
    return [(row["account_id"], row["uri"]) for row in rows]


async def set_hides_collections(tx: Tx, account_id: AccountId, *, hides: bool) -> None:
    await tx.execute(
        "UPDATE social.accounts SET hide_collections = $2 WHERE id = $1 AND NOT is_local", account_id, hides
    )


async def is_gone(db: Reader, uri: Uri) -> bool:
    """Whether it was ours once, and deleted."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT FROM social.tombstones WHERE uri = $1)", uri))


async def knows_domain(db: Reader, domain: Domain) -> bool:
    """Whether anybody of that server is known."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM social.accounts WHERE domain = $1 AND suspended_at IS NULL)", domain
        )
    )


async def is_any_gone(db: Reader, uris: Collection[Uri]) -> bool:
    return bool(
        await db.fetchval("SELECT EXISTS (SELECT FROM social.tombstones WHERE uri = ANY ($1::text[]))", list(uris))
    )


async def follow_totals(db: Reader, account_id: AccountId) -> tuple[int, int]:
    """How many follow the account, and how many it follows."""
    row = await db.fetchrow(
        """
        SELECT
            (SELECT count(*) FROM social.follows WHERE target_id = $1) AS followers,
            (SELECT count(*) FROM social.follows WHERE account_id = $1) AS following
        """,
        account_id,
    )
    assert row is not None
    return row["followers"], row["following"]


async def local_followers_of(db: Reader, account_id: AccountId) -> dict[Uri, AccountId]:
    """Who of our people follows the account."""
    rows = await db.fetch(
        """
        SELECT a.uri, a.id FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_id = $1 AND a.is_local
        """,
        account_id,
    )
    return {row["uri"]: row["id"] for row in rows}


async def followers_at(db: Reader, account_id: AccountId, host: str) -> list[Uri]:
    """Who of the people of another host follows the account."""
    rows = await db.fetch(
        """
        SELECT a.uri FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_id = $1 AND NOT a.is_local AND lower(split_part(a.uri, '/', 3)) = $2
        ORDER BY a.id
        """,
        account_id,
        host,
    )
    return [row["uri"] for row in rows]


async def ours_concerned_by(db: Reader, status_id: StatusId) -> list[AccountId]:
    """Of our people whom the status answers in the open, and who boosted it."""
    rows = await db.fetch(
        """
        SELECT p.account_id
        FROM social.statuses s JOIN social.statuses p ON p.id = s.in_reply_to_id
        WHERE s.id = $1 AND p.is_local AND p.visibility IN ('public', 'unlisted')
        UNION
        SELECT account_id FROM social.statuses WHERE reblog_of_id = $1 AND is_local
        """,
        status_id,
    )
    return [row["account_id"] for row in rows]


async def add_pins(tx: Tx, account_id: AccountId, uris: Sequence[Uri]) -> None:
    """Those of the posts that are the account's own and for everybody."""
    await tx.execute(
        """
        INSERT INTO social.status_pins (account_id, status_id)
        SELECT s.account_id, s.id
        FROM social.statuses s
        WHERE s.uri = ANY ($2::text[]) AND s.account_id = $1 AND s.reblog_of_id IS NULL
            AND s.visibility IN ('public', 'unlisted')
        ON CONFLICT DO NOTHING
        """,
        account_id,
        list(uris),
    )


async def remove_pins_but(tx: Tx, account_id: AccountId, uris: Sequence[Uri]) -> None:
    await tx.execute(
        """
        DELETE FROM social.status_pins p
        USING social.statuses s
        WHERE p.account_id = $1 AND s.id = p.status_id AND s.uri <> ALL ($2::text[])
        """,
        account_id,
        list(uris),
    )


async def add_featured_tags(tx: Tx, account_id: AccountId, names: Sequence[str]) -> None:
    """Tags that are known by now."""
    await tx.execute(
        """
        INSERT INTO social.featured_tags (account_id, tag_id, name)
        SELECT $1, t.id, n.name
        FROM unnest($2::text[]) AS n (name) JOIN social.tags t ON t.name = lower(n.name)
        ON CONFLICT DO NOTHING
        """,
        account_id,
        list(names),
    )


async def remove_featured_tags_but(tx: Tx, account_id: AccountId, names: Sequence[str]) -> None:
    await tx.execute(
        """
        DELETE FROM social.featured_tags f
        USING social.tags t
        WHERE f.account_id = $1 AND t.id = f.tag_id AND t.name <> ALL (SELECT lower(n) FROM unnest($2::text[]) n)
        """,
        account_id,
        list(names),
    )
