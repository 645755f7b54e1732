"""SQL that reads what one viewer has to do with statuses, and which versions of these they shall get.

A version names the rows that a rendered status is made of, each by the transaction that wrote it (`xmin`): whoever
changes any of them makes it another version, without having to say so.
"""

from collections.abc import Iterable, Sequence

import msgspec

from chassis.db import Reader, Row
from contracts.ids import AccountId, StatusId
from social.statuses.model import Seen, Standing

# `emojis` is an array of ids, empty nearly always.
_EMOJIS = """
    CASE WHEN cardinality({row}.emoji_ids) > 0 THEN (
        SELECT string_agg(e.xmin::text, '.' ORDER BY e.id)
        FROM social.custom_emojis e WHERE e.id = ANY ({row}.emoji_ids)
    ) END
"""

# What an account is rendered from: `a`, its counts `ac`, its user `u`, and where it moved.
_ACCOUNT_VERSION = f"""
    concat_ws(',', a.xmin, ac.xmin, u.role, hashtext(u.settings::text), {_EMOJIS.format(row="a")},
        CASE WHEN a.moved_to_id IS NOT NULL THEN (
            SELECT concat_ws('.', a.moved_to_id, moved.xmin, mc.xmin)
            FROM social.accounts moved LEFT JOIN social.account_counts mc ON mc.account_id = moved.id
            WHERE moved.id = a.moved_to_id
        ) END
    )
"""

_STATUS_VERSION = f"""
    concat_ws(',', s.xmin, hashtext(u.settings::text), {_EMOJIS.format(row="s")},
        (
            SELECT string_agg(concat_ws('.', n.account_id, (
                SELECT named.xmin FROM social.accounts named WHERE named.id = n.account_id
            )), '/' ORDER BY n.account_id)
            FROM social.mentions n WHERE n.status_id = s.id
        ),
        'm', (
            SELECT string_agg(concat_ws('.', m.id, m.xmin), '/' ORDER BY m.id)
            FROM social.media_attachments m WHERE m.status_id = s.id
        ),
        'p', (
            SELECT concat_ws('.', p.xmin, pc.xmin, p.expires_at <= now())
            FROM social.polls p LEFT JOIN social.poll_counts pc ON pc.poll_id = p.id
            WHERE p.status_id = s.id
        ),
        'c', (
            SELECT concat_ws('.', sc.xmin, card.xmin, (
                SELECT concat_ws('.', ca.xmin, cc.xmin)
                FROM social.accounts ca LEFT JOIN social.account_counts cc ON cc.account_id = ca.id
                WHERE ca.id = card.author_account_id
            ))
            FROM social.status_cards sc
            JOIN social.preview_cards card ON card.id = sc.card_id
            WHERE sc.status_id = s.id
        ),
        'r', CASE WHEN s.is_local THEN (
            SELECT string_agg(concat_ws('.', r.id, r.xmin), '/' ORDER BY r.id)
            FROM social.reactions r WHERE r.status_id = s.id
        ) END
    )
"""

# `viewer` is an SQL expression.
_FILTERS_VERSION = """
    (
        SELECT string_agg(concat_ws('.', f.id, f.xmin, (
            SELECT string_agg(concat_ws('.', k.id, k.xmin), '/' ORDER BY k.id)
            FROM social.filter_keywords k WHERE k.filter_id = f.id
        ), '', (
            SELECT string_agg(fs.id::text, '/' ORDER BY fs.id) FROM social.filter_statuses fs WHERE fs.filter_id = f.id
        )), ',' ORDER BY f.id)
        FROM social.filters f
        WHERE f.account_id = {viewer} AND (f.expires_at IS NULL OR f.expires_at > now())
    )
"""


# Of what is `named` (a CTE): that, what it boosts, what those quote, and what the quoted quote: clients are told
# whether they may see it.
WANTED = """
    asked AS (
        SELECT id FROM named
        UNION
        SELECT s.reblog_of_id FROM named JOIN social.statuses s ON s.id = named.id WHERE s.reblog_of_id IS NOT NULL
    ), quoted AS (
        SELECT q.quoted_status_id AS id FROM asked JOIN social.quotes q ON q.status_id = asked.id
        WHERE q.state = 'accepted' AND q.quoted_status_id IS NOT NULL
    ), wanted AS (
        SELECT id FROM asked
        UNION
        SELECT id FROM quoted
        UNION
        SELECT q.quoted_status_id FROM quoted JOIN social.quotes q ON q.status_id = quoted.id
        WHERE q.state = 'accepted' AND q.quoted_status_id IS NOT NULL
    )
"""

# The columns of `Seen` of the status `s` that are the same for everybody, and those that lie between it and a viewer.
_OPEN = f"""
    s.id, s.account_id, s.reblog_of_id, s.visibility, s.in_reply_to_account_id,
    {_STATUS_VERSION}, {_ACCOUNT_VERSION},
    coalesce(c.replies, 0), coalesce(greatest(c.reblogs, c.reblogs_elsewhere), 0),
    coalesce(greatest(c.favourites, c.favourites_elsewhere), 0), coalesce(c.quotes, 0),
    q.state, q.quoted_status_id,
    a.domain, a.suspended_at IS NOT NULL
"""
_BETWEEN = f"""
    EXISTS (SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = {{viewer}}),
    EXISTS (SELECT FROM social.follows f WHERE f.account_id = {{viewer}} AND f.target_id = s.account_id),
    EXISTS (SELECT FROM social.follows f WHERE f.account_id = s.account_id AND f.target_id = {{viewer}}),
    EXISTS (SELECT FROM social.blocks b WHERE b.account_id = {{viewer}} AND b.target_id = s.account_id),
    EXISTS (SELECT FROM social.blocks b WHERE b.account_id = s.account_id AND b.target_id = {{viewer}}),
    EXISTS (
        SELECT FROM social.mutes m
        WHERE m.account_id = {{viewer}} AND m.target_id = s.account_id
            AND (m.expires_at IS NULL OR m.expires_at > now())
    ),
    EXISTS (SELECT FROM social.account_domain_blocks d WHERE d.account_id = {{viewer}} AND d.domain = a.domain),
    EXISTS (SELECT FROM social.blocks b WHERE b.account_id = {{viewer}} AND b.target_id = s.in_reply_to_account_id),
    EXISTS (SELECT FROM social.favourites f WHERE f.status_id = s.id AND f.account_id = {{viewer}}),
    EXISTS (SELECT FROM social.statuses r WHERE r.reblog_of_id = s.id AND r.account_id = {{viewer}}),
    EXISTS (SELECT FROM social.bookmarks b WHERE b.status_id = s.id AND b.account_id = {{viewer}}),
    EXISTS (
        SELECT FROM social.conversation_mutes m
        WHERE m.conversation_id = s.conversation_id AND m.account_id = {{viewer}}
    ),
    EXISTS (SELECT FROM social.status_pins p WHERE p.status_id = s.id AND p.account_id = {{viewer}}),
    (
        SELECT array_agg(v.choice::int ORDER BY v.choice)
        FROM social.polls p JOIN social.poll_votes v ON v.poll_id = p.id AND v.account_id = {{viewer}}
        WHERE p.status_id = s.id
    ),
    {_FILTERS_VERSION}
"""
# The columns of `Seen`, in its order. $2 is the viewer.
SEEN = f"{_OPEN}, {_BETWEEN.format(viewer='$2')}"
_WIDTH = len(Seen.__struct_fields__)
_OPEN_WIDTH = Seen.__struct_fields__.index("names_viewer")

# A list of ids. How long it is the planner cannot know beforehand; the limit makes it guess one, so that it looks rows
# up by their indexes, and finds no reason to plan the same statement anew for each list (longer than answering takes).
LISTED = "SELECT id FROM unnest($1::bigint[]) AS listed (id) LIMIT cardinality($1::bigint[])"


WITH_NUMBERS = """
    LEFT JOIN social.account_counts ac ON ac.account_id = a.id
    LEFT JOIN social.users u ON u.account_id = a.id
"""

OF_WANTED = f"""
    FROM wanted
    JOIN social.statuses s ON s.id = wanted.id
    JOIN social.accounts a ON a.id = s.account_id
    {WITH_NUMBERS}
    LEFT JOIN social.status_counts c ON c.status_id = s.id
    LEFT JOIN social.quotes q ON q.status_id = s.id
"""


def seen_in(rows: Iterable[Row]) -> dict[StatusId, Seen]:
    """Of rows that begin with the columns of `SEEN`."""
    return {row[0]: Seen(*row[:_WIDTH]) for row in rows}


async def seen(db: Reader, ids: Sequence[StatusId], viewer: AccountId | None) -> dict[StatusId, Seen]:
    """All that can differ from look to look, of these statuses, of what they boost, and of what those quote."""
    return seen_in(await db.fetch(f"WITH named AS ({LISTED}), {WANTED} SELECT {SEEN} {OF_WANTED}", list(ids), viewer))


async def seen_by_each(
    db: Reader, status_id: StatusId, viewers: Sequence[AccountId]
) -> dict[AccountId, dict[StatusId, Seen]]:
    """The same of one status, for many who look at it at once: what is the same for all of them is read once."""
    shared = await seen(db, [status_id], None)
    found: dict[AccountId, dict[StatusId, Seen]] = {viewer: {} for viewer in viewers}
    for row in await _between(db, list(shared), viewers):
        known = msgspec.structs.astuple(shared[row[1]])[:_OPEN_WIDTH]
        found[row[0]][row[1]] = Seen(*known, *row[2:])
    return found


async def _between(db: Reader, ids: Sequence[StatusId], viewers: Sequence[AccountId]) -> list[Row]:
    """What is between each of the statuses and each of the viewers."""
    return await db.fetch(
        f"""
        SELECT viewer.id, s.id, {_BETWEEN.format(viewer="viewer.id")}
        FROM (SELECT id FROM unnest($2::bigint[]) AS looking (id) LIMIT cardinality($2::bigint[])) viewer
        CROSS JOIN ({LISTED}) listed
        JOIN social.statuses s ON s.id = listed.id
        JOIN social.accounts a ON a.id = s.account_id
        """,
        list(ids),
        list(viewers),
    )


# The columns of `Standing` of the account `a`.
STANDING = f"{_ACCOUNT_VERSION}, a.domain, a.suspended_at IS NOT NULL"


async def standings_of(db: Reader, ids: Sequence[AccountId]) -> dict[AccountId, Standing]:
    """Of each account that there is."""
    rows = await db.fetch(
        f"""
        SELECT a.id, {STANDING}
        FROM ({LISTED}) listed
        JOIN social.accounts a ON a.id = listed.id
        {WITH_NUMBERS}
        """,
        list(ids),
    )
    return {row[0]: Standing(*row[1:]) for row in rows}
