"""SQL for the steps of walks. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import Uri, WalkId


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A post to look at, or a page of answers to one."""

    id: int
    url: Uri
    is_page: bool
    answers_to: Uri | None


async def add_steps(
    tx: Tx,
    walk_id: WalkId,
    urls: Sequence[str],
    *,
    is_page: bool = False,
    answers_to: Uri | None = None,
    most: int,
    most_answers: int,
) -> None:
    """Those that are new, as many as there may be altogether and as answers to that post."""
    await tx.execute(
        """
        INSERT INTO inbox.walk_steps (walk_id, url, is_page, is_known, answers_to)
        SELECT $1, n.url, $3, EXISTS (SELECT FROM social.statuses s WHERE s.uri = n.url), $4
        FROM unnest($2::text[]) WITH ORDINALITY AS n (url, place)
        WHERE NOT EXISTS (SELECT FROM inbox.walk_steps x WHERE x.walk_id = $1 AND x.url = n.url)
        ORDER BY n.place
        LIMIT greatest(0, least(
            $5 - (SELECT count(*) FROM inbox.walk_steps x WHERE x.walk_id = $1 AND x.is_page = $3),
            $6 - (
                SELECT count(*) FROM inbox.walk_steps x
                WHERE x.walk_id = $1 AND x.is_page = $3 AND x.answers_to = $4
            )
        ))
        ON CONFLICT DO NOTHING
        """,
        walk_id,
        list(urls),
        is_page,
        answers_to,
        most,
        most_answers,
    )


async def next_steps(db: Reader, walk_id: WalkId, number: int) -> list[Step]:
    """Pages first, then posts that nobody here knows, then those whose further answers may be unknown."""
    rows = await db.fetch(
        """
        SELECT id, url, is_page, answers_to FROM inbox.walk_steps
        WHERE walk_id = $1 AND NOT is_done
        ORDER BY is_page DESC, is_known, id LIMIT $2
        """,
        walk_id,
        number,
    )
    return [Step(**row) for row in rows]


async def finish_steps(tx: Tx, ids: Sequence[int]) -> None:
    await tx.execute("UPDATE inbox.walk_steps SET is_done = true WHERE id = ANY ($1::bigint[])", list(ids))


async def forget_walk(tx: Tx, walk_id: WalkId) -> None:
    await tx.execute("DELETE FROM inbox.walk_steps WHERE walk_id = $1", walk_id)


async def forget_old(tx: Tx, *, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM inbox.walk_steps WHERE added_at < $1", before)
