"""SQL for polls and votes. One function, one statement."""

import datetime as dt
from collections.abc import Collection, Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId, PollId, StatusId, Uri
from social.polls.model import Poll, PollDraft
from social.statuses.model import Status

COLUMNS = """
    p.id, p.status_id, p.account_id, p.is_local, p.options, p.multiple, p.hide_totals, p.expires_at, p.closed_at,
    p.fetched_at, p.tallied_at,
    ARRAY(SELECT coalesce(c.votes[i], 0) FROM generate_series(1, cardinality(p.options)) AS i ORDER BY i) AS votes,
    CASE WHEN p.is_local THEN coalesce(c.voters, 0) ELSE c.voters END AS voters
"""
FROM = "social.polls p LEFT JOIN social.poll_counts c ON c.poll_id = p.id"


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    choice: int


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A poll of which something is to be told."""

    id: PollId
    status_id: StatusId
    account_id: AccountId


async def by_id(db: Reader, poll_id: PollId) -> Poll | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM {FROM} WHERE p.id = $1", poll_id)
    return Poll(**row) if row else None


async def of_status(db: Reader, status_id: StatusId) -> Poll | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM {FROM} WHERE p.status_id = $1", status_id)
    return Poll(**row) if row else None


async def add(tx: Tx, status: Status, draft: PollDraft, fetched_at: dt.datetime | None) -> PollId:
    poll_id: PollId = await tx.fetchval(
        """
        INSERT INTO social.polls (
            status_id, account_id, is_local, options, multiple, hide_totals, expires_at, fetched_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        RETURNING id
        """,
        status.id,
        status.account_id,
        status.is_local,
        list(draft.options),
        draft.multiple,
        draft.hide_totals,
        draft.expires_at,
        fetched_at,
    )
    return poll_id


async def set_poll(tx: Tx, poll_id: PollId, draft: PollDraft, fetched_at: dt.datetime | None) -> None:
    """Ask as the draft does. A poll that goes on will be closed again."""
    await tx.execute(
        """
        UPDATE social.polls
        SET options = $2, multiple = $3, hide_totals = $4, expires_at = $5, fetched_at = $6,
            closed_at = CASE WHEN $5 <= now() THEN closed_at END
        WHERE id = $1
        """,
        poll_id,
        list(draft.options),
        draft.multiple,
        draft.hide_totals,
        draft.expires_at,
        fetched_at,
    )


async def remove(tx: Tx, poll_id: PollId) -> None:
    await tx.execute("DELETE FROM social.polls WHERE id = $1", poll_id)


async def remove_votes(tx: Tx, poll_id: PollId) -> None:
    await tx.execute("DELETE FROM social.poll_votes WHERE poll_id = $1", poll_id)


async def lock_voting(tx: Tx, poll_id: PollId) -> None:
    """One vote at a time: two at once could each be the first of the same voter."""
    await tx.fetchval("SELECT pg_advisory_xact_lock(hashtext('poll votes'), hashint8($1))", poll_id)


async def choices_of(db: Reader, poll_id: PollId, account_id: AccountId) -> list[int]:
    """What the account chose."""
    rows = await db.fetch(
        "SELECT choice FROM social.poll_votes WHERE poll_id = $1 AND account_id = $2 ORDER BY choice",
        poll_id,
        account_id,
    )
    return [row["choice"] for row in rows]


async def votes_of(db: Reader, poll_id: PollId, account_id: AccountId) -> list[Vote]:
    rows = await db.fetch(
        "SELECT id, choice FROM social.poll_votes WHERE poll_id = $1 AND account_id = $2 ORDER BY id",
        poll_id,
        account_id,
    )
    return [Vote(**row) for row in rows]


async def add_votes(tx: Tx, poll_id: PollId, account_id: AccountId, choices: Collection[int], uri: Uri | None) -> None:
    await tx.execute(
        """
        INSERT INTO social.poll_votes (poll_id, account_id, choice, uri)
        SELECT $1, $2, choice, $4 FROM unnest($3::int[]) AS v (choice)
        """,
        poll_id,
        account_id,
        sorted(choices),
        uri,
    )


async def lock_counting(tx: Tx) -> None:
    """One count at a time: of two at once, the older snapshot could write last."""
    await tx.fetchval("SELECT pg_advisory_xact_lock(hashtext('poll counts'), 0)")


async def count_votes(tx: Tx, ids: Collection[PollId]) -> None:
    """Count again those of the polls that are ours."""
    await tx.execute(
        """
        INSERT INTO social.poll_counts (poll_id, votes, voters)
        SELECT p.id,
            ARRAY(
                SELECT count(v.id)
                FROM generate_series(0, cardinality(p.options) - 1) AS o (choice)
                LEFT JOIN social.poll_votes v ON v.poll_id = p.id AND v.choice = o.choice
                GROUP BY o.choice ORDER BY o.choice
            ),
            (SELECT count(DISTINCT v.account_id) FROM social.poll_votes v WHERE v.poll_id = p.id)
        FROM social.polls p
        WHERE p.id = ANY ($1::bigint[]) AND p.is_local
        ON CONFLICT (poll_id) DO UPDATE SET votes = excluded.votes, voters = excluded.voters
        """,
        sorted(ids),
    )


async def set_counts(tx: Tx, poll_id: PollId, votes: Sequence[int], voters: int | None) -> bool:
    """Note the numbers that its own server gives; False if they are known."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.poll_counts AS c (poll_id, votes, voters) VALUES ($1, $2, $3)
            ON CONFLICT (poll_id) DO UPDATE SET votes = excluded.votes, voters = excluded.voters
            WHERE (c.votes, c.voters) IS DISTINCT FROM (excluded.votes, excluded.voters)
            RETURNING true
            """,
            poll_id,
            list(votes),
            voters,
        )
    )


async def set_fetched(tx: Tx, poll_id: PollId, expires_at: dt.datetime | None, fetched_at: dt.datetime) -> bool:
    """Note that its server told of it; whether it ends at another time than was known."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.polls p SET fetched_at = $3, expires_at = $2
            FROM (SELECT expires_at FROM social.polls WHERE id = $1) AS old
            WHERE p.id = $1
            RETURNING old.expires_at IS DISTINCT FROM $2
            """,
            poll_id,
            expires_at,
            fetched_at,
        )
    )


async def close_due(tx: Tx, now: dt.datetime, *, before: dt.datetime, is_local: bool, limit: int) -> list[Ended]:
    """Close polls that ended before that moment, oldest first."""
    rows = await tx.fetch(
        """
        UPDATE social.polls SET closed_at = $1
        WHERE id IN (
            SELECT id FROM social.polls
            WHERE closed_at IS NULL AND expires_at <= $2 AND is_local = $3
            ORDER BY expires_at LIMIT $4
            FOR UPDATE SKIP LOCKED
        )
        RETURNING id, status_id, account_id
        """,
        now,
        before,
        is_local,
        limit,
    )
    return [Ended(**row) for row in rows]


async def take_tallied(tx: Tx, now: dt.datetime, *, quiet: dt.timedelta, since: dt.datetime) -> list[Ended]:
    """Open polls of ours with votes that were not told of, unless some were told of a short while ago."""
    rows = await tx.fetch(
        """
        UPDATE social.polls p SET tallied_at = $1::timestamptz
        FROM (
            SELECT poll_id, max(created_at) AS latest FROM social.poll_votes
            WHERE id >= (floor(extract(epoch FROM $3::timestamptz) * 1000)::bigint << 16)
            GROUP BY poll_id
        ) AS v
        WHERE p.id = v.poll_id AND p.is_local AND NOT p.hide_totals AND p.closed_at IS NULL
            -- A vote of the last seconds may have been committed after the count.
            AND (
                p.tallied_at IS NULL
                OR (p.tallied_at <= $1::timestamptz - $2::interval AND v.latest > p.tallied_at - interval '5 s')
            )
        RETURNING p.id, p.status_id, p.account_id
        """,
        now,
        quiet,
        since,
    )
    return [Ended(**row) for row in rows]


async def local_voters(db: Reader, poll_id: PollId) -> list[AccountId]:
    rows = await db.fetch(
        """
        SELECT DISTINCT v.account_id
        FROM social.poll_votes v JOIN social.accounts a ON a.id = v.account_id
        WHERE v.poll_id = $1 AND a.is_local
        """,
        poll_id,
    )
    return [row["account_id"] for row in rows]


async def have_local_voters(db: Reader, ids: Sequence[PollId]) -> set[PollId]:
    """Those of the polls in which somebody of ours voted."""
    rows = await db.fetch(
        """
        SELECT DISTINCT v.poll_id
        FROM social.poll_votes v JOIN social.accounts a ON a.id = v.account_id
        WHERE v.poll_id = ANY ($1::bigint[]) AND a.is_local
        """,
        list(ids),
    )
    return {row["poll_id"] for row in rows}
